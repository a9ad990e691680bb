package browsertest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/node"
)

// council is a server on which something of each kind waits for a decision, and the forms for it. Tokens are milepost_ and the name: "pmo" is
// a reporter and an approver, "board" an approver.
func council(t *testing.T) (at string, forms []sight) {
	t.Helper()
	var entries []string
	for name, roles := range map[string]string{"office": `["reporter"]`, "pmo": `["reporter", "approver"]`, "board": `["approver"]`} {
		sum := sha256.Sum256([]byte("milepost_" + name))
		entries = append(entries, fmt.Sprintf(`{"sha256": %q, "actor": %q, "person": %q, "organisation": %q, "roles": {"*": %s}}`, hex.EncodeToString(sum[:]), "The "+name, "Person of "+name, "The "+name, roles))
	}
	path := filepath.Join(t.TempDir(), "credentials.json")
	if err := os.WriteFile(path, []byte(`{"tokens": [`+strings.Join(entries, ",")+`]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	n := start(t, node.Config{Credentials: path})
	server := dialTo(t, client.Config{Server: n.GRPCAddr(), Token: "milepost_office"})
	hubs(t, server, 12)
	submit(t, server, "doubt", stated("M02", "2026-02-02", "June 2027 or July 2028", ""))
	slip := submit(t, server, "slip", stated("M03", "2026-07-01", "2072-09-30", "The builder is late"))
	submit(t, server, "again", stated("M03", "2026-08-01", "2072-09-30", ""))
	correction := submit(t, server, "correct", &pb.Command{Command: &pb.Command_StatementCorrected{StatementCorrected: &pb.StatementCorrected{
		Target: &pb.StatementCorrected_Position{Position: slip}, Kind: pb.CorrectionKind_CORRECTION_KIND_TYPING, Reason: "2072 for 2027",
		Replacement: &pb.Command{Command: &pb.Command_DeliveryDateStated{DeliveryDateStated: &pb.DeliveryDateStated{Ref: "M03", DeliveryDate: "2027-09-30", Reason: "The builder is late"}}},
	}}})
	late := submit(t, server, "late", stated("M04", "2025-12-01", "2027-05-31", "An old paper of the board has it")) - 1
	items := make([]*pb.Command, 0, 7)
	for i := range 6 {
		items = append(items, &pb.Command{Command: &pb.Command_BaselineProposed{BaselineProposed: &pb.BaselineProposed{
			Proposal: "board-2026-06", Ref: fmt.Sprintf("M%02d", 5+i), Value: &pb.BaselineProposed_Date{Date: &pb.BaselineDate{DeliveryDate: "2027-03-31"}},
		}}})
	}
	submit(t, server, "propose", append(items, &pb.Command{Command: &pb.Command_BaselineProposalClosed{BaselineProposalClosed: &pb.BaselineProposalClosed{Proposal: "board-2026-06", Count: 6}}})...)
	for i, state := range []func(*pb.FundingStated) *pb.Command{
		func(m *pb.FundingStated) *pb.Command {
			return &pb.Command{Command: &pb.Command_FundingBid{FundingBid: m}}
		},
		func(m *pb.FundingStated) *pb.Command {
			return &pb.Command{Command: &pb.Command_FundingReleased{FundingReleased: m}}
		},
		func(m *pb.FundingStated) *pb.Command {
			return &pb.Command{Command: &pb.Command_FundingIdentified{FundingIdentified: m}}
		},
	} {
		submit(t, server, fmt.Sprint("money-", i), state(&pb.FundingStated{Ref: fmt.Sprintf("M%02d", 5+i), Line: fmt.Sprint("L", i), Amount: "1250000.00", Currency: "GBP", Fund: "Capital", Start: fmt.Sprint(2026+i, "-04-01"), End: fmt.Sprint(2027+i, "-03-31")}))
	}
	submit(t, server, "measure", &pb.Command{Command: &pb.Command_MeasureDefined{MeasureDefined: &pb.MeasureDefined{Measure: "S1", Kind: pb.MeasureKind_MEASURE_KIND_SUCCESS, Words: "People seen within two days", Unit: "per cent"}}},
		&pb.Command{Command: &pb.Command_MeasureTargeted{MeasureTargeted: &pb.MeasureTargeted{Measure: "S1", Value: "90", By: "2027-03-31"}}},
		&pb.Command{Command: &pb.Command_MeasureTaken{MeasureTaken: &pb.MeasureTaken{Measure: "S1", Value: "72", Words: "of 1,200 asked"}}})
	at = "http://" + n.HTTPAddr()
	plan := at + "/plans/hubs"
	var item string
	for i, err := range server.Review(t.Context(), &pb.ListReviewRequest{Plan: "hubs", Milestone: "M02"}).Items {
		if err != nil {
			t.Fatal(err)
		}
		item = i.GetItem()
	}
	return at, []sight{
		{"decisions", plan + "/decisions"},
		{"in-doubt-to-settle", plan + "/review"},
		{"money-of-the-council", plan + "/funding"},
		{"measures-of-the-council", plan + "/measures"},
		{"settle", plan + "/milestones/M02/review/" + item},
		{"propose", plan + "/decisions/propose"},
		{"proposal", plan + "/decisions/baselines/board-2026-06"},
		{"correction", plan + fmt.Sprint("/decisions/corrections/", correction)},
		{"told-late", plan + fmt.Sprint("/decisions/history/", late)},
	}
}

// Forms are for everybody, as every page is, and what they decide is decided without a script.
func TestDecidingIsForEverybody(t *testing.T) {
	b := open(t)
	at, forms := council(t)
	script, err := os.ReadFile("testdata/axe-core-4.14.1.min.js")
	if err != nil {
		t.Fatal(err)
	}
	b.visit(at + "/plans/hubs/decisions")
	b.enter("milepost_pmo")
	b.run(chromedp.WaitVisible(chromedp.CSS(".tabs")))
	for _, form := range forms {
		b.lookedAt(form, string(script))
	}
	b.scriptless()
	proposal := at + "/plans/hubs/decisions/baselines/board-2026-06"
	b.visit(proposal)
	b.run(chromedp.Click(chromedp.CSS(`[name="outcome"][value="approve"]`)), chromedp.SendKeys(chromedp.CSS(`[name="body"]`), "Programme board"))
	b.press(".decide button")
	b.run(chromedp.WaitVisible(chromedp.CSS(".notice")))
	if text := b.text("main"); !strings.Contains(text, "approved on") || !strings.Contains(text, "Programme board") {
		t.Errorf("after it was approved the page says\n%s", text)
	}
	b.nothingWrong(strings.TrimPrefix(at, "http://"))
}
