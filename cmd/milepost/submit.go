package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/output"
)

type submitCommand struct {
	File string `arg:"" help:"The requests, one SubmitRequest a line as protobuf JSON; - for standard input."`
	patience
	serverFlags
}

// Help is shown by kong.
func (submitCommand) Help() string {
	return `Each line is a milepost.v1.SubmitRequest, its fields in snake_case or camelCase; a field that there is none
of is refused. A command states one of: ` + kinds() + `. Requests are sent one after the other, without waiting for answers, and are decided
in that order. Those that get no answer are sent again under the same request ids, which is safe for ever.

    echo '{"request_id":"7f3a","plan":"gp-access","commands":[{"as_at":"2017-06-30",
      "delivery_date_stated":{"ref":"HUB-1","delivery_date":"2017-09"}}]}' | tr -d '\n' | milepost submit -

For each line a line of JSON is printed, in the same order: {"request_id", "position", "events",
"durability", "commit", "commit_digest", "replayed"} and, where there are any, "notices", or {"request_id", "error": {"code", "rule", "field",
"message"}}; an error also has its "line", and "violations" where there is more than one. The digest of the
commit, and the "leaf_hash" of each event, are what the ledger can be compared with later.

EXIT STATUS

    0  every request was accepted
    1  the server refused the caller, or failed: of the lines after it nothing is printed, and whether they
       were accepted is not known
    2  wrong usage, or a file that cannot be read
    3  some requests were refused, the others were accepted
    4  the server does not answer: run the same command again`
}

// kinds are the names of all commands.
func kinds() string {
	fields := (*pb.Command)(nil).ProtoReflect().Descriptor().Oneofs().ByName("command").Fields()
	var names []string
	for i := range fields.Len() {
		names = append(names, string(fields.Get(i).Name()))
	}
	return strings.Join(names, ", ")
}

// longestLine is how many bytes a request may have as JSON, several times what the server takes.
const longestLine = 4 << 20

// Run sends the requests.
func (c *submitCommand) Run(inv *invocation) error {
	file, _, err := inv.open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	server, err := c.dial(inv, c.RetryFor)
	if err != nil {
		return err
	}
	defer server.Close()

	stream := server.Push(inv.ctx)
	defer stream.Close()
	ctx, stop := context.WithCancel(inv.ctx)
	defer stop()
	lines, read := make(chan line, linesAhead), make(chan error, 1)
	go func() { // after an error nobody waits for it: standard input may have nothing to read for hours
		defer close(lines)
		read <- sendLines(ctx, stream, bufio.NewReader(file), lines)
	}()
	requests, refused, err := printAnswers(inv, lines)
	switch {
	case err != nil:
		return err
	case inv.ctx.Err() != nil:
		return inv.ctx.Err()
	}
	if err := <-read; err != nil {
		return err
	}
	if refused > 0 {
		return &partlyRefused{ofAll(refused, requests, "request", "accepted")}
	}
	return nil
}

// linesAhead is how many requests may be sent before the first answer is printed.
const linesAhead = 512

// line is a line of the input, sent or found to be no request.
type line struct {
	number    int
	requestID string
	pushed    *client.Pushed
	err       error // in its place
}

// sendLines sends every line that is not blank, and hands each on in its order.
func sendLines(ctx context.Context, stream *client.Pushing, in *bufio.Reader, lines chan<- line) error {
	for number := 1; ; number++ {
		text, err := readLine(in)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errLongLine):
		case err != nil:
			return &usageError{fmt.Sprintf("line %d cannot be read: %v", number, err)}
		case len(text) == 0:
			continue
		}
		select {
		case lines <- sendLine(ctx, stream, number, text, err):
		case <-ctx.Done():
			return nil
		}
	}
}

func sendLine(ctx context.Context, stream *client.Pushing, number int, text []byte, unread error) line {
	var request pb.SubmitRequest
	if unread == nil {
		unread = protojson.Unmarshal(text, &request)
	}
	if unread != nil {
		why := strings.ReplaceAll(fmt.Sprint(unread), "\u00a0", " ") // protojson varies its spaces
		return line{number: number, err: &client.Error{
			Kind: client.Refused, Code: "INVALID_ARGUMENT", Rule: "line-unreadable",
			Message: fmt.Sprintf("line %d is no SubmitRequest as protobuf JSON, all of it on one line: %s", number, why),
		}}
	}
	l := line{number: number, requestID: request.GetRequestId()}
	l.pushed, l.err = stream.Send(ctx, &request)
	return l
}

// printAnswers prints what came of each line, until one meets an error that every other would meet too.
func printAnswers(inv *invocation, lines <-chan line) (requests, refused int, err error) {
	out := output.NewEncoder(inv.stdout)
	out.SetEscapeHTML(false)
	for l := range lines {
		requests++
		response, err := l.answer(inv.ctx)
		if err == nil {
			if err := out.Encode(receiptOf(response)); err != nil {
				return requests, refused, err
			}
			continue
		}
		e, ok := errors.AsType[*client.Error](err)
		if ok {
			refused++
			if err := out.Encode(refusalOf(l.number, l.requestID, e)); err != nil {
				return requests, refused, err
			}
		}
		if !ok || e.Kind != client.Refused {
			return requests, refused, fmt.Errorf("line %d: %w", l.number, broken(err))
		}
	}
	return requests, refused, nil
}

func (l line) answer(ctx context.Context) (*pb.SubmitResponse, error) {
	if l.err != nil {
		return nil, l.err
	}
	return l.pushed.Answer(ctx)
}

// receipt is what is printed for a request that was accepted.
type receipt struct {
	RequestID    string         `json:"request_id"`
	Position     uint64         `json:"position"`
	Events       []receiptEvent `json:"events"`
	Durability   string         `json:"durability"`
	Commit       *uint64        `json:"commit"`        // null where the server is of a version that does not say
	CommitDigest *string        `json:"commit_digest"` // likewise
	Replayed     bool           `json:"replayed"`
	Notices      []notice       `json:"notices,omitempty"`
}

// notice is something that a reporter should know of a request that was accepted.
type notice struct {
	Code    string `json:"code"`
	Ref     string `json:"ref"`
	Other   string `json:"other"`
	Message string `json:"message"`
}

func noticesOf(response *pb.SubmitResponse) (all []notice) {
	for _, n := range response.GetNotices() {
		all = append(all, notice{n.GetCode(), n.GetRef(), n.GetOther(), n.GetMessage()})
	}
	return all
}

type receiptEvent struct {
	EventID   string  `json:"event_id"`
	Position  uint64  `json:"position"`
	Type      string  `json:"type"`
	Ref       *string `json:"ref"`
	Milestone *string `json:"milestone"`
	Revision  uint64  `json:"revision"`
	LeafHash  *string `json:"leaf_hash"`
}

func receiptOf(response *pb.SubmitResponse) receipt {
	r := response.GetReceipt()
	printed := receipt{
		RequestID: r.GetRequestId(), Position: r.GetPosition(), Events: []receiptEvent{},
		Durability: r.GetDurability(), CommitDigest: orNull(r.GetCommitDigest()), Replayed: response.GetReplayed(),
		Notices: noticesOf(response),
	}
	if number := r.GetCommit(); number != 0 {
		printed.Commit = &number
	}
	for _, e := range r.GetEvents() {
		printed.Events = append(printed.Events, receiptEvent{
			EventID: e.GetEventId(), Position: e.GetPosition(), Type: e.GetType(),
			Ref: orNull(e.GetRef()), Milestone: orNull(e.GetMilestone()), Revision: e.GetRevision(),
			LeafHash: orNull(e.GetLeafHash()),
		})
	}
	return printed
}

// refusal is what is printed for a request that was not.
type refusal struct {
	RequestID *string   `json:"request_id"`
	Error     lineError `json:"error"`
}

type lineError struct {
	Line       int         `json:"line"`
	Code       string      `json:"code"`
	Rule       *string     `json:"rule"`
	Field      *string     `json:"field"`
	Message    string      `json:"message"`
	Violations []violation `json:"violations,omitempty"`
}

type violation struct {
	Rule    *string `json:"rule"`
	Field   *string `json:"field"`
	Message string  `json:"message"`
}

func refusalOf(line int, requestID string, e *client.Error) refusal {
	r := refusal{RequestID: orNull(requestID), Error: lineError{Line: line, Code: e.Code, Rule: orNull(e.Rule), Message: e.Message}}
	if len(e.Violations) > 0 {
		r.Error.Field = orNull(e.Violations[0].Field)
	}
	if len(e.Violations) > 1 {
		for _, v := range e.Violations {
			r.Error.Violations = append(r.Error.Violations, violation{orNull(v.Rule), orNull(v.Field), v.Message})
		}
	}
	return r
}

// orNull is a text, or null in JSON where it is empty.
func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

var errLongLine = fmt.Errorf("it has more than %d bytes", longestLine)

// readLine reads a line without its end, or passes over it where it is too long. It returns io.EOF
// where there is none.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	long := false
	for {
		part, more, err := in.ReadLine()
		switch {
		case errors.Is(err, io.EOF) && long:
			return nil, errLongLine
		case errors.Is(err, io.EOF) && len(line) > 0:
			return line, nil
		case err != nil:
			return nil, err
		}
		if long = long || len(line)+len(part) > longestLine; !long {
			line = append(line, part...)
		}
		switch {
		case more:
		case long:
			return nil, errLongLine
		default:
			return line, nil
		}
	}
}
