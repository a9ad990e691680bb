package page

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	pb "milepost.dev/api/milepost/v1"
)

// spaced has ordinary spaces, so that a test reads as the page does.
func spaced(text string) string { return strings.ReplaceAll(text, "\u00a0", " ") }

func TestChangesAreSentences(t *testing.T) {
	type m = map[string]string
	for _, test := range []struct {
		event         string
		before, after m
		want          string
		days          int32
	}{
		{"MilestoneSlipped", m{"forecast": "2025-02-28"}, m{"forecast": "2025-03-17"}, "late: slipped 17 days, from 28 Feb 2025 to 17 Mar 2025", 17},
		{"MilestoneSlipped", m{"forecast": "2025-02-28"}, m{"forecast": "2025-03-01"}, "late: slipped 1 day, from 28 Feb 2025 to 1 Mar 2025", 1},
		{"MilestoneSlipped", nil, m{"forecast": "2025-03-17"}, "late: slipped 20 days to 17 Mar 2025", 20}, // after TBC
		{"MilestoneRecovered", m{"forecast": "2025-03-17"}, m{"forecast": "2025-02-28"}, "early: came forward 17 days, from 17 Mar 2025 to 28 Feb 2025", -17},
		{"MilestoneRecovered", nil, m{"forecast": "2025-02-28"}, "early: came forward 9 days to 28 Feb 2025", -9},
		{"MilestoneAchieved", m{"state": "planned"}, m{"actual": "2025-03-12", "state": "achieved"}, "met: was achieved: 12 Mar 2025", 0},
		{"AchievementRestated", m{"actual": "2025-03-12"}, m{"actual": "2025-03-11"}, "plain: was achieved on another day: 11 Mar 2025, not 12 Mar 2025", 0},
		{"ForecastGiven", nil, m{"forecast": "2025-03-12"}, "plain: has a first date, 12 Mar 2025", 0},
		{"ForecastWithdrawn", m{"forecast": "2025-03-12"}, m{"delivery_date": "TBC"}, "unknown: has no date any more. It was 12 Mar 2025", 0},
		{"ForecastAwaited", nil, m{"delivery_date": "TBC"}, "unknown: has no date yet", 0},
		{"DeliveryDateUnread", nil, m{"delivery_date": "in spring"}, "unknown: has a date in words that were not read: “in spring”", 0},
		{"ForecastReconfirmed", nil, nil, "plain: keeps its date", 0},
		{"ForecastRestated", m{"delivery_date": "2025-03"}, m{"delivery_date": "2025-03-31"}, "plain: keeps its date, in other words: 2025-03-31", 0},
		{"OwnerChanged", nil, m{"owner": "Estates"}, "plain: is owned by Estates", 0},
		{"OwnerChanged", m{"owner": "Estates"}, m{"owner": "Board"}, "plain: passed from Estates to Board", 0},
		{"ProgressReported", m{"percent": "10"}, m{"percent": "20", "status": "on track"}, "plain: reported progress: percent from 10 to 20 and status on track", 0},
		{"ProgressReported", nil, nil, "plain: reported progress", 0},
		{"FundingConfirmed", nil, m{"funding F1": "10.00 GBP"}, "plain: has money confirmed: funding F1 10.00 GBP", 0},
		{"MilestoneAdded", nil, m{"title": "x"}, "plain: was added", 0},
		{"PlanRegistered", nil, m{"name": "x"}, "plain: The plan was registered", 0},
		{"ForecastWithdrawn", m{"delivery_date": "TBC"}, m{"delivery_date": "tbd"}, "unknown: still has no date", 0},
		{"ForecastRestated", m{"forecast": "2025-03-31"}, m{"forecast": "2025-06-30"}, "plain: keeps its words, which are read as 30 Jun 2025 now and were read as 31 Mar 2025", 0},
		{"MilestoneReplaced", nil, m{"replaces HUB-1": "yes", "replaces HUB-2": "yes"}, "plain: takes the place of HUB-1 and HUB-2", 0},
		{"MilestoneReplaced", m{"replaced_by HUB-7": "yes"}, m{"replaced_by HUB-7": "yes", "replaced_by HUB-9": "yes"}, "plain: was replaced by HUB-9", 0},
		{"HistoryAccepted", nil, m{"history 3 to 7": "accepted"}, "plain: has a history that an approver accepted: history 3 to 7 accepted", 0},
		// What comes with a later version is told by its own name.
		{"MilestonePutOnHold", m{"state": "planned"}, m{"state": "on hold"}, "plain: was put on hold: state from planned to on hold", 0},
		{"ConfidenceAssessed", m{"confidence": "green"}, m{"confidence": "red"}, "plain: has news: confidence assessed: confidence from green to red", 0},
	} {
		tone, said := told(&pb.AuditEntry{Event: test.event, Before: test.before, After: test.after, Days: &test.days})
		if got := spaced(tone + ": " + said); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.event, got, test.want)
		}
	}
}

// No event of the ledger is told as nothing.
func TestEveryEventIsToldSomehow(t *testing.T) {
	for number, name := range ledgerv1.EventType_name {
		if number == 0 {
			continue
		}
		var event strings.Builder
		for _, word := range strings.Split(strings.TrimPrefix(name, "EVENT_TYPE_"), "_") {
			event.WriteString(word[:1] + strings.ToLower(word[1:]))
		}
		if tone, said := told(&pb.AuditEntry{Event: event.String()}); tone == "" || strings.TrimSpace(said) == "" {
			t.Errorf("%s is told as %q", event.String(), said)
		}
	}
}

func entry(position uint64, event, ref, by, source string) *pb.AuditEntry {
	return &pb.AuditEntry{Position: position, EventId: "e" + ref, Event: event, Ref: ref, Actor: by, Source: source, AsAt: "2025-01-31"}
}

// A return of many rows is told as what stands out in it, and the rest is counted.
func TestAReturnIsToldByWhatStandsOut(t *testing.T) {
	a := &asking{Question: Question{query: url.Values{}}}
	events := []*pb.AuditEntry{ // newest first
		entry(9, "MilestoneSlipped", "A", "ann", "Return"), entry(8, "ForecastReconfirmed", "B", "ann", "Return"),
		entry(7, "ForecastReconfirmed", "C", "ann", "Return"), entry(6, "OwnerChanged", "C", "ann", "Return"),
		entry(5, "ForecastReconfirmed", "D", "ann", "Return"), entry(4, "ForecastReconfirmed", "E", "ann", "Return"),
		entry(3, "MilestoneAchieved", "F", "tool", ""),
	}
	told := a.batches("p", events, map[string]string{"A": "Hub opens"})
	var got []string
	for _, b := range told {
		got = append(got, b.By+" "+b.Source)
		for _, s := range b.Sentences {
			got = append(got, "  "+s.Tone+" "+s.Title+" "+s.Href)
		}
		got = append(got, b.Quiet...)
	}
	if diff := cmp.Diff([]string{
		"ann Return", "  late Hub opens /plans/p/milestones/A", "  plain C /plans/p/milestones/C", "4 dates said again as before",
		"tool ", "  met F /plans/p/milestones/F",
	}, got); diff != "" {
		t.Error(diff)
	}
	if cut := digest(slices.Clone(told[:1]), 1, 1, true)[0]; cut.More != "at least 1 more change" || cut.Quiet[0] != "at least 4 dates said again as before" {
		t.Errorf("of a return of which the beginning was not looked at: %+v", cut)
	}
	told[0].Quiet = nil
	short := digest(told, 1, 1, true)
	if len(short) != 1 || len(short[0].Sentences) != 1 || short[0].More != "1 more change" {
		t.Errorf("in short: %+v", short)
	}
}
