package grpcserver_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
)

func bid(ref, line string) *milepostv1.Command {
	return &milepostv1.Command{AsAt: "2017-02-01", Command: &milepostv1.Command_FundingBid{
		FundingBid: &milepostv1.FundingStated{Ref: ref, Line: line, Amount: "100"},
	}}
}

// What is said between two pages is in none of them, and nothing is listed twice or left out.
func TestFundingAndOwnersComeInPages(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.start()
	client := w.queries()
	w.submit(bid("M2", "b"), bid("M1", "a"), bid("", "plan"), bid("M2", "a"),
		&milepostv1.Command{AsAt: "2017-02-01", Command: &milepostv1.Command_FundingBid{FundingBid: &milepostv1.FundingStated{Scheme: "GP IT", Line: "a"}}})
	for n, owner := range []string{"Estates", "Digital", "Finance"} {
		for _, ref := range []string{"M2", "M3"} {
			w.submit(&milepostv1.Command{AsAt: fmt.Sprintf("2017-02-%02d", n+1), Command: &milepostv1.Command_OwnerChanged{
				OwnerChanged: &milepostv1.OwnerChanged{Ref: ref, Owner: owner},
			}})
		}
	}

	var lines []string
	for m := (&milepostv1.ListFundingRequest{Plan: "hubs", PageSize: 2}); ; {
		answer, err := client.ListFunding(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range answer.Lines {
			lines = append(lines, strings.Trim(l.Scheme+l.Ref+":"+l.Line, ":"))
		}
		if m.PageToken = answer.NextPageToken; m.PageToken == "" {
			break
		}
		w.submit(bid("", "earlier"+fmt.Sprint(len(lines))))
	}
	if got := strings.Join(lines, " "); got != "plan GP IT:a M1:a M2:a M2:b" {
		t.Errorf("listed %s", got)
	}

	var owners []string
	for m := (&milepostv1.ListOwnersRequest{Plan: "hubs", PageSize: 4, All: true}); ; {
		answer, err := client.ListOwners(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range answer.Owners {
			owners = append(owners, o.Ref+":"+o.Owner+":"+o.Until)
		}
		if m.PageToken = answer.NextPageToken; m.PageToken == "" {
			break
		}
	}
	want := "M1:Ada Lovelace: M2:Estates:2017-02-02 M2:Digital:2017-02-03 M2:Finance: M3:Estates:2017-02-02 M3:Digital:2017-02-03 M3:Finance:"
	if got := strings.Join(owners, " "); got != want {
		t.Errorf("listed %s", got)
	}
}

func TestFundingAndOwnersAreFiltered(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.start()
	client := w.queries()
	w.submit(bid("M1", "a"), bid("M2", "a"), &milepostv1.Command{AsAt: "2017-03-01", Command: &milepostv1.Command_FundingConfirmed{
		FundingConfirmed: &milepostv1.FundingConfirmed{Ref: "M2", Line: "a", Amount: "100"},
	}}, &milepostv1.Command{AsAt: "2017-03-01", Command: &milepostv1.Command_OwnerChanged{OwnerChanged: &milepostv1.OwnerChanged{Ref: "M2", Owner: "Estates"}}})
	for _, c := range []struct {
		m    *milepostv1.ListFundingRequest
		want string
	}{
		{&milepostv1.ListFundingRequest{State: "confirmed"}, "M2"},
		{&milepostv1.ListFundingRequest{Milestone: "M1"}, "M1"},
		{&milepostv1.ListFundingRequest{Scheme: "GP IT"}, ""},
		{&milepostv1.ListFundingRequest{State: "bid", ReadAt: &milepostv1.ReadAt{AsAt: "2017-02-28"}}, "M1 M2"},
	} {
		c.m.Plan = "hubs"
		answer, err := client.ListFunding(t.Context(), c.m)
		if err != nil {
			t.Fatal(err)
		}
		var refs []string
		for _, l := range answer.Lines {
			refs = append(refs, l.Ref)
		}
		if got := strings.Join(refs, " "); got != c.want {
			t.Errorf("%v: %s and not %s", c.m, got, c.want)
		}
	}
	for owner, want := range map[string]int{" estates ": 1, "Nobody": 0} {
		answer, err := client.ListOwners(t.Context(), &milepostv1.ListOwnersRequest{Plan: "hubs", Owner: owner})
		if err != nil || len(answer.Owners) != want {
			t.Errorf("%s: %v, %v", owner, answer, err)
		}
	}
	for _, err := range []error{
		func() error {
			_, err := client.ListFunding(t.Context(), &milepostv1.ListFundingRequest{Plan: "hubs", State: "promised"})
			return err
		}(),
		func() error {
			_, err := client.ListOwners(t.Context(), &milepostv1.ListOwnersRequest{Plan: "hubs", PageSize: -1})
			return err
		}(),
	} {
		if status.Code(err) != codes.InvalidArgument {
			t.Errorf("%v", err)
		}
	}
}
