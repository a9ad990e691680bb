package fault

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// api is what a caller asks a server for, over gRPC or over HTTP. Its errors are statuses of gRPC in either case.
type api interface {
	Submit(ctx context.Context, m *milepostv1.SubmitRequest) (*milepostv1.SubmitResponse, error)
	GetMilestone(ctx context.Context, m *milepostv1.GetMilestoneRequest) (*milepostv1.GetMilestoneResponse, error)
}

// by is the way that a caller takes: in a full world every third has no gRPC.
func (c *caller) by(s *Server) api {
	if c.w.Full && c.number%3 == 0 {
		return overHTTP{s}
	}
	return overGRPC{s}
}

type overGRPC struct{ *Server }

func (o overGRPC) Submit(ctx context.Context, m *milepostv1.SubmitRequest) (*milepostv1.SubmitResponse, error) {
	return milepostv1.NewCommandServiceClient(o.Conn).Submit(ctx, m)
}

func (o overGRPC) GetMilestone(ctx context.Context, m *milepostv1.GetMilestoneRequest) (*milepostv1.GetMilestoneResponse, error) {
	return milepostv1.NewQueryServiceClient(o.Conn).GetMilestone(ctx, m)
}

type overHTTP struct{ *Server }

func (o overHTTP) Submit(ctx context.Context, m *milepostv1.SubmitRequest) (*milepostv1.SubmitResponse, error) {
	body, err := protojson.Marshal(m)
	if err != nil {
		return nil, err
	}
	answer := &milepostv1.SubmitResponse{}
	return answer, o.ask(ctx, http.MethodPost, "/v1/plans/"+url.PathEscape(m.Plan)+":submit", body, answer)
}

func (o overHTTP) GetMilestone(ctx context.Context, m *milepostv1.GetMilestoneRequest) (*milepostv1.GetMilestoneResponse, error) {
	answer := &milepostv1.GetMilestoneResponse{}
	return answer, o.ask(ctx, http.MethodGet, "/v1/plans/"+url.PathEscape(m.Plan)+"/milestones/"+url.PathEscape(m.Milestone), nil, answer)
}

// ask makes one request and reads its answer whole. Whatever happens to the connection leaves the outcome unknown.
func (o overHTTP) ask(ctx context.Context, method, path string, body []byte, answer proto.Message) error {
	r, err := http.NewRequestWithContext(ctx, method, "http://"+o.HTTP+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+o.token)
	r.Header.Set("Content-Type", "application/json")
	got, err := o.http.Do(r)
	if err != nil {
		return status.Error(codes.Unavailable, err.Error())
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		return status.Error(codes.Unavailable, err.Error())
	}
	if got.StatusCode == http.StatusOK {
		return protojson.Unmarshal(text, answer)
	}
	return problem(got.StatusCode, text)
}

// problem is the error that a server tells over HTTP.
func problem(httpStatus int, text []byte) error {
	var told struct {
		Error struct{ Code, Rule, Sentence string }
	}
	if err := json.Unmarshal(text, &told); err != nil {
		return errors.Join(fmt.Errorf("status %d is no answer of the API: %.300s", httpStatus, text), err)
	}
	number, known := code.Code_value[told.Error.Code]
	if !known {
		return fmt.Errorf("status %d has the unknown code %q", httpStatus, told.Error.Code)
	}
	return status.Error(codes.Code(number), told.Error.Rule+": "+told.Error.Sentence)
}

// watch hands each message of a stream to saw, until the stream ends.
func (o overHTTP) watch(ctx context.Context, m *milepostv1.WatchRequest, saw func(*milepostv1.WatchResponse)) error {
	path := fmt.Sprintf("http://%s/v1/plans/%s:watch?after=%d&every_change=%t", o.HTTP, url.PathEscape(m.Plan), m.GetAfter(), m.EveryChange)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+o.token)
	got, err := o.http.Do(r)
	if err != nil {
		return status.Error(codes.Unavailable, err.Error())
	}
	defer got.Body.Close()
	lines := bufio.NewScanner(got.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if got.StatusCode != http.StatusOK || bytes.HasPrefix(lines.Bytes(), []byte(`{"error":`)) {
			return problem(got.StatusCode, lines.Bytes())
		}
		m := &milepostv1.WatchResponse{}
		if err := protojson.Unmarshal(lines.Bytes(), m); err != nil {
			return nil // a line that was cut off with the server
		}
		saw(m)
	}
	return status.Error(codes.Unavailable, "the stream ended")
}
