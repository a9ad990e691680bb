package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	pb "milepost.dev/api/milepost/v1"
)

// Bounds of sending.
const (
	oneTry       = 30 * time.Second       // a server that hangs has not answered
	firstPause   = 100 * time.Millisecond // between two tries, doubled up to the longest
	longestPause = 5 * time.Second
)

// Reporter reports on one plan.
type Reporter struct {
	conn     *grpc.ClientConn
	commands pb.CommandServiceClient
	plan     string
}

// Dial makes a reporter; it connects with the first report. Without a CA the server has to be on this machine.
func Dial(server, ca, token, plan string) (*Reporter, error) {
	transport := insecure.NewCredentials()
	if ca != "" {
		pem, err := os.ReadFile(ca)
		if err != nil {
			return nil, err
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate in PEM", ca)
		}
		transport = credentials.NewTLS(&tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13})
	}
	options := []grpc.DialOption{grpc.WithTransportCredentials(transport)}
	if token != "" {
		options = append(options, grpc.WithPerRPCCredentials(bearer{token, onThisMachine(server)}))
	}
	conn, err := grpc.NewClient(server, options...)
	if err != nil {
		return nil, err
	}
	return &Reporter{conn: conn, commands: pb.NewCommandServiceClient(conn), plan: plan}, nil
}

// Close ends the connection.
func (r *Reporter) Close() error { return r.conn.Close() }

// Report sends a change until there is an answer, or until ctx ends. Without an answer nobody knows whether the
// change was kept, and nobody need to: it is sent again under the same request id, and makes no second event.
func (r *Reporter) Report(ctx context.Context, c *Change) (*pb.SubmitResponse, error) {
	request := c.request(r.plan)
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		answer, err := r.try(ctx, request)
		if err == nil || !again(err) || ctx.Err() != nil {
			return answer, err
		}
		// The server may know how long it will be. Many reporters that wait for it come back one by one.
		wait := max(asked(err), pause) + rand.N(pause)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), err)
		}
	}
}

func (r *Reporter) try(ctx context.Context, request *pb.SubmitRequest) (*pb.SubmitResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, oneTry)
	defer cancel()
	return r.commands.Submit(ctx, request)
}

// again says whether sending the very same may get an answer.
func again(err error) bool {
	switch status.Code(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.ResourceExhausted:
		return true
	default:
		return false
	}
}

// asked is how long the server asks to be left alone.
func asked(err error) time.Duration {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			return info.GetRetryDelay().AsDuration()
		}
	}
	return 0
}

// Refusal is the server's word against a change. Sending it again changes nothing until somebody acts.
type Refusal struct {
	Code     string `json:"code"`
	Rule     string `json:"rule"`     // to decide by: it stays the same
	Sentence string `json:"sentence"` // for a person
}

func (r *Refusal) Error() string { return r.Sentence }

// AsRefusal tells a refusal of this change from an error that concerns every change: a token that is not known,
// a server that is broken.
func AsRefusal(err error) (*Refusal, bool) {
	s := status.Convert(err)
	switch s.Code() {
	case codes.InvalidArgument, codes.NotFound, codes.AlreadyExists, codes.FailedPrecondition, codes.Aborted:
	default:
		return nil, false
	}
	refusal := &Refusal{Code: s.Code().String(), Sentence: s.Message()}
	for _, detail := range s.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			refusal.Rule = info.GetReason()
		}
	}
	return refusal, true
}

// request states a change. All of it stands or falls together.
func (c *Change) request(plan string) *pb.SubmitRequest {
	var commands []*pb.Command
	if c.Title != "" {
		commands = append(commands, &pb.Command{AsAt: c.AsAt, Source: c.ID, Command: &pb.Command_MilestoneAmended{
			MilestoneAmended: &pb.MilestoneAmended{Ref: c.Ref, Title: &c.Title, AllowMissing: true},
		}})
	}
	commands = append(commands, &pb.Command{AsAt: c.AsAt, Source: c.ID, Command: &pb.Command_DeliveryDateStated{
		DeliveryDateStated: &pb.DeliveryDateStated{Ref: c.Ref, DeliveryDate: c.DeliveryDate, Reason: c.Reason},
	}})
	return &pb.SubmitRequest{RequestId: c.requestID(), Plan: plan, Commands: commands}
}

// requestID follows from the change alone, so that it is the same after a crash, on another machine, and a year
// later. The change's own number is a part of it: the same date may be stated twice.
func (c *Change) requestID() string {
	sum := sha256.Sum256(c.line)
	return "reporter-" + hex.EncodeToString(sum[:16])
}

// bearer is a token that goes with every call.
type bearer struct {
	token string
	here  bool // the server is on this machine, and there is no wire
}

// onThisMachine says whether what is sent to a server crosses no wire.
func onThisMachine(server string) bool {
	host, _, err := net.SplitHostPort(server)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// GetRequestMetadata implements credentials.PerRPCCredentials.
func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + b.token}, nil
}

// RequireTransportSecurity keeps the token off a wire that others can read.
func (b bearer) RequireTransportSecurity() bool { return !b.here }
