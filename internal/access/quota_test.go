package access_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/metadata"

	"milepost.dev/internal/access"
)

const annToken = `"sha256": "4a44dc15364204a80fe80e9039455cc1608281820fe2b24f1e5233ade6af1dd5", "actor": "ann", "roles": {"*": ["reporter"]}` // of "10"

// limitsOf are those of ann in a credentials file with quotas, and those of a plan.
func limitsOf(t *testing.T, quotas, quota, plan string) (caller, ofPlan access.Limits, err error) {
	t.Helper()
	c, err := access.Parse([]byte(`{"tokens": [{` + annToken + quota + `}]` + quotas + `}`))
	if err != nil {
		return caller, ofPlan, err
	}
	found, err := c.Authenticate(metadata.NewIncomingContext(t.Context(), metadata.Pairs("authorization", "Bearer 10")))
	if err != nil {
		t.Fatal(err)
	}
	return found.Limits, found.Quotas.OfPlan(plan), nil
}

func TestQuotasOfACredentialsFile(t *testing.T) {
	usual := access.Limits{EventsADay: 1_000_000, BytesADay: 512 << 20, Events: 10_000_000, Bytes: 8 << 30}
	ofPlan := access.Limits{EventsADay: 250_000, BytesADay: 256 << 20, Events: 2_500_000, Bytes: 2 << 30}
	few := usual
	few.EventsADay, few.Events = 5, 0
	own := few
	own.BytesADay = 7
	hub := ofPlan
	hub.EventsADay, hub.Bytes = 9, 0
	every := ofPlan
	every.EventsADay = 3
	for _, tt := range []struct {
		name, quotas, quota, plan string
		caller, ofPlan            access.Limits
	}{
		{"nothing said", "", "", "hub", usual, ofPlan},
		{"of every caller", `, "quotas": {"caller": {"events_a_day": 5, "events": "none"}}`, "", "hub", few, ofPlan},
		{"of one", `, "quotas": {"caller": {"events_a_day": 5, "events": "none"}}`, `, "quota": {"bytes_a_day": 7}`, "hub", own, ofPlan},
		{"of a plan", `, "quotas": {"plan": {"events_a_day": 3}, "plans": {"Hub": {"events_a_day": 9, "bytes": "none"}}}`, "", "Hub", usual, hub},
		{"of the others", `, "quotas": {"plan": {"events_a_day": 3}, "plans": {"Hub": {"events_a_day": 9, "bytes": "none"}}}`, "", "rail", usual, every},
	} {
		caller, plan, err := limitsOf(t, tt.quotas, tt.quota, tt.plan)
		if err != nil || caller != tt.caller || plan != tt.ofPlan {
			t.Errorf("%s: %+v and %+v, %v", tt.name, caller, plan, err)
		}
	}
	for quotas, want := range map[string]string{
		`{"caller": {"events_a_day": 0}}`:                         "a whole number from 1",
		`{"caller": {"events_a_day": -1}}`:                        "a whole number from 1",
		`{"caller": {"events_a_day": "many"}}`:                    "a whole number from 1",
		`{"caller": {"events_per_day": 1}}`:                       "unknown field",
		`{"caller": {"EVENTS": 1}}`:                               "unknown field",
		`{"callers": {"events": 1}}`:                              "unknown field",
		`{"caller": null}`:                                        "null",
		`{"plans": {"hub": {"events": 1}, "hub": {"events": 2}}}`: "stands twice",
		`{"caller": {"events": 1, "events": 2}}`:                  "stands twice",
	} {
		if _, _, err := limitsOf(t, `, "quotas": `+quotas, "", ""); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "quotas") {
			t.Errorf("quotas %s: %v", quotas, err)
		}
	}
	if _, _, err := limitsOf(t, "", `, "quota": {"events": 0}`, ""); err == nil || !strings.Contains(err.Error(), "quota:") {
		t.Errorf("the quota of an entry: %v", err)
	}
}
