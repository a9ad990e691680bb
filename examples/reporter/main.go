// Command reporter sends what changed in another system to milepost, and loses and doubles nothing, whatever is
// killed meanwhile. It is written to be copied: it uses the generated API and gRPC, and nothing else of milepost.
//
// The other system appends its changes to a file, the outbox, one JSON object a line:
//
//	{"change": "PT-1041", "ref": "HUB-1", "as_at": "2026-06-15", "delivery_date": "2026-12-31", "reason": "No steel before July"}
//
// The reporter sends those that have no answer yet, in order, and ends; a timer starts it again. What milepost
// refused is in OUTBOX.refused with the reason, for a person to look at.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	pb "milepost.dev/api/milepost/v1"
)

func main() {
	server := flag.String("server", "127.0.0.1:7440", "host:port of the milepost server")
	ca := flag.String("ca", "", "certificates (PEM) that vouch for the server; needed beyond this machine")
	plan := flag.String("plan", "", "the plan that is reported on")
	outbox := flag.String("outbox", "outbox.ndjson", "the file of changes")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *server, *ca, *plan, *outbox); err != nil {
		fmt.Fprintln(os.Stderr, "reporter:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, server, ca, plan, name string) error {
	reporter, err := Dial(server, ca, os.Getenv("MILEPOST_TOKEN"), plan)
	if err != nil {
		return err
	}
	defer reporter.Close()
	box, err := Open(name)
	if err != nil {
		return err
	}
	defer box.Close()
	for {
		change, err := box.Next()
		if change == nil || err != nil {
			return err
		}
		answer, err := reporter.Report(ctx, change)
		switch refusal, refused := AsRefusal(err); {
		case refused:
			err = box.SetAside(change, refusal)
			fmt.Printf("%s refused: %v\n", change.ID, refusal)
		case err == nil:
			err = box.Done(change)
			fmt.Printf("%s is %sat position %d\n", change.ID, before(answer), answer.GetReceipt().GetPosition())
		}
		if err != nil {
			return err // the change has no answer, and stays in the outbox
		}
	}
}

// before tells of a change whose first answer was lost.
func before(answer *pb.SubmitResponse) string {
	if answer.GetReplayed() {
		return "since before "
	}
	return ""
}
