package codec

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/money"
	"milepost.dev/domain/period"
	"milepost.dev/domain/plan"
	"milepost.dev/domain/rating"
)

var update = flag.Bool("update", false, "write the fixtures that are not there yet")

// TestKeptEvents decodes an event of each type as it was once stored. A fixture is written when a type
// is new and never again: where one no longer decodes to its sample, a reader of old ledgers is broken.
func TestKeptEvents(t *testing.T) {
	for _, entry := range table {
		keptEvent(t, entry, filepath.Join("testdata", "v1", entry.name+".hex"), entry.sample)
	}
}

// keptEvent holds a file to what was stored in it once.
func keptEvent(t *testing.T, entry *entry, file string, sample Event) {
	t.Helper()
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) && *update {
		text = keep(t, file, sample)
	} else if err != nil {
		t.Errorf("%v: run with -update to write it, once", err)
		return
	}
	payload, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(entry.stored, payload)
	if err != nil {
		t.Errorf("%s: %v", file, err)
	}
	if diff := cmp.Diff(sample, got); diff != "" {
		t.Errorf("%s means something else now (-then +now):\n%s", file, diff)
	}
	if _, now, err := encode(sample); err != nil || !bytes.Equal(now, payload) {
		t.Errorf("%s: the sample is stored otherwise now, %v:\n%x", file, err, now)
	}
}

func keep(t *testing.T, file string, e Event) []byte {
	_, payload, err := encode(e)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	for line := range slices.Chunk(payload, 40) {
		text.WriteString(hex.EncodeToString(line) + "\n")
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

// Every type has an entry and every entry a type of its own, under one name.
func TestTypesAndEvents(t *testing.T) {
	for number, name := range ledgerv1.EventType_name {
		typ := ledgerv1.EventType(number)
		if typ == ledgerv1.EventType_EVENT_TYPE_UNSPECIFIED {
			continue
		}
		var words string
		for _, word := range strings.Split(strings.TrimPrefix(name, "EVENT_TYPE_"), "_") {
			words += word[:1] + strings.ToLower(word[1:])
		}
		if got := TypeName(typ); got != words {
			t.Errorf("TypeName(%s) is %q: the table has no entry for it, or another name", name, got)
		}
	}
	if got, want := len(table), len(ledgerv1.EventType_name)-1; got != want {
		t.Errorf("the table has %d entries, and there are %d types", got, want)
	}
	for _, entry := range table {
		if got, _, err := encode(entry.sample); got != entry.stored || err != nil {
			t.Errorf("%s is stored as %s, %v", entry.name, got, err)
		}
	}
	if got := TypeName(0); got != "" {
		t.Errorf("what is no type is named %q", got)
	}
}

var ulid = [16]byte([]byte(sampled))

func encode(e Event) (ledgerv1.EventType, []byte, error) {
	if e.OfPlan != nil {
		return EncodePlan(e.OfPlan)
	}
	return EncodeMilestone(e.Milestone, e.OfMilestone)
}

// The two count kinds, quarters and the like alike, which the codec relies on, and so does the API.
func TestKindsAndQuarters(t *testing.T) {
	spelled := func(constant, prefix string) string {
		return strings.ToLower(strings.TrimPrefix(constant, prefix))
	}
	for number, name := range ledgerv1.FundingBasis_name {
		if got := money.Basis(number).String(); number != 0 && spelled(name, "FUNDING_BASIS_") != got || milepostv1.FundingBasis_name[number] != name {
			t.Errorf("basis %d is stored as %s, read as %s and stated as %s", number, name, got, milepostv1.FundingBasis_name[number])
		}
	}
	for number, name := range ledgerv1.RatingValue_Common_name {
		got := strings.ReplaceAll(rating.Grade(number).String(), "/", "_")
		if number != 0 && spelled(name, "COMMON_") != got || milepostv1.CommonRating_name[number] != strings.Replace(name, "COMMON_", "COMMON_RATING_", 1) {
			t.Errorf("rating %d is stored as %s, read as %s and stated as %s", number, name, got, milepostv1.CommonRating_name[number])
		}
	}
	for number, recurrent := range map[ledgerv1.FundingRecurrence]money.Recurrent{
		ledgerv1.FundingRecurrence_FUNDING_RECURRENCE_UNSPECIFIED: money.RecurrentUnsaid,
		ledgerv1.FundingRecurrence_FUNDING_RECURRENCE_RECURRENT:   money.Recurs,
		ledgerv1.FundingRecurrence_FUNDING_RECURRENCE_ONCE:        money.Once,
	} {
		if int32(number) != int32(recurrent) || milepostv1.FundingRecurrence_name[int32(number)] != number.String() {
			t.Errorf("%s is %d", number, recurrent)
		}
	}
	for number, name := range ledgerv1.MeasureKind_name {
		if got := measure.Kind(number).String(); number != 0 && spelled(name, "MEASURE_KIND_") != got || milepostv1.MeasureKind_name[number] != name {
			t.Errorf("kind of measure %d is stored as %s, read as %s and stated as %s", number, name, got, milepostv1.MeasureKind_name[number])
		}
	}
	for number, name := range ledgerv1.ComponentKind_name {
		if got := plan.ComponentKind(number).String(); number != 0 && spelled(name, "COMPONENT_KIND_") != got || milepostv1.ComponentKind_name[number] != name {
			t.Errorf("kind of component %d is stored as %s, read as %s and stated as %s", number, name, got, milepostv1.ComponentKind_name[number])
		}
	}
	for number, name := range ledgerv1.CandidateOutcome_name {
		if got := plan.CandidateOutcome(number).String(); number != 0 && spelled(name, "CANDIDATE_OUTCOME_") != got || milepostv1.CandidateOutcome_name[number] != name {
			t.Errorf("outcome %d of a candidate is stored as %s, read as %s and stated as %s", number, name, got, milepostv1.CandidateOutcome_name[number])
		}
	}
	for number, name := range ledgerv1.ReviewOutcome_name {
		if got := milestone.Outcome(number).String(); number != 0 && spelled(name, "REVIEW_OUTCOME_") != got || milepostv1.ReviewOutcome_name[number] != name {
			t.Errorf("outcome %d is stored as %s, read as %s and stated as %s", number, name, got, milepostv1.ReviewOutcome_name[number])
		}
	}
	for number, name := range ledgerv1.CorrectionKind_name {
		if got := correction.Kind(number).String(); number != 0 && strings.ReplaceAll(spelled(name, "CORRECTION_KIND_"), "_", "-") != got || milepostv1.CorrectionKind_name[number] != name {
			t.Errorf("kind of correction %d is stored as %s, read as %s and stated as %s", number, name, got, milepostv1.CorrectionKind_name[number])
		}
	}
	for number, name := range ledgerv1.CorrectionOf_name {
		if got := correction.Of(number).String(); number != 0 && spelled(name, "CORRECTION_OF_") != got {
			t.Errorf("what a correction points at, %d, is stored as %s and read as %s", number, name, got)
		}
	}
	for number, name := range ledgerv1.Reading_Kind_name {
		if want := strings.ToUpper(period.Kind(number).String()); number != 0 && name != "KIND_"+want {
			t.Errorf("kind %d is stored as %s and read as %s", number, name, want)
		}
	}
	for number, name := range ledgerv1.PlanRegistered_Quarters_name {
		if want := strings.ToUpper(plan.Quarters(number).String()); number != 0 && name != "QUARTERS_"+want {
			t.Errorf("quarters %d are stored as %s and read as %s", number, name, want)
		}
	}
}

// What is drawn of each type comes back as it was, by both ways of reading, and has one form.
func TestRoundTrip(t *testing.T) {
	for _, entry := range table {
		t.Run(entry.name, func(t *testing.T) {
			quick := NewDecoder()
			rapid.Check(t, func(t *rapid.T) { roundTrip(t, quick, entry.events().Draw(t, "event")) })
		})
	}
}

func roundTrip(t *rapid.T, quick *Decoder, e Event) {
	typ, payload, err := encode(e)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Decode(typ, payload)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(e, back); diff != "" {
		t.Fatalf("%s comes back otherwise:\n%s", typ, diff)
	}
	event, id, err := find(typ).decode(payload)
	if err == nil {
		event, err = decodeReplacement(event, id)
	}
	if err != nil || !cmp.Equal(e.named(), event) || e.OfMilestone != nil && string(id) != string(e.Milestone[:]) {
		t.Fatalf("protobuf reads %v of %x, %v and not %v", event, id, err, e)
	}
	if back, err := quick.Decode(typ, payload); err != nil || !cmp.Equal(e, back) {
		t.Fatalf("a Decoder reads %v, %v and not %v", back, err, e)
	}
	if _, again, err := encode(back); err != nil || !bytes.Equal(payload, again) {
		t.Fatalf("%s has other bytes the second time: %v", typ, err)
	}
	if e.OfMilestone != nil {
		if _, plain, err := encodeMilestone(e.Milestone, e.OfMilestone); err != nil || !bytes.Equal(payload, plain) {
			t.Fatalf("protobuf writes %s otherwise, %v:\n%x\n%x", typ, err, plain, payload)
		}
	}
	// A field that a later version added is passed over.
	later := protowire.AppendVarint(protowire.AppendTag(payload, 1000, protowire.VarintType), 7)
	if back, err := Decode(typ, later); err != nil || !cmp.Equal(e, back) {
		t.Fatalf("%s of a later version: %v", typ, err)
	}
}

// What could not be read again is not stored.
func TestEncodeRefuses(t *testing.T) {
	for name, e := range map[string]Event{
		"a kind that is none":     ofMilestone(milestone.ForecastGiven{Delivery: period.Delivery{Readings: []period.Reading{{}}}}),
		"a party of three bytes":  ofMilestone(milestone.OwnerChanged{To: "CCG"}),
		"a percentage of 101":     ofMilestone(milestone.ProgressReported{Percent: ptr(101)}),
		"a percentage of -1":      ofMilestone(milestone.ProgressReported{Percent: ptr(-1)}),
		"days past any calendar":  ofMilestone(milestone.Slipped{Days: math.MaxInt32 + 1}),
		"a name twice":            ofMilestone(milestone.Added{Attributes: []milestone.Attribute{{Name: "a"}, {Name: "a"}}}),
		"names out of order":      ofMilestone(milestone.Amended{Attributes: []milestone.Attribute{{Name: "b"}, {Name: "a"}}}),
		"what is no text":         ofMilestone(milestone.Added{Ref: "\xff"}),
		"what is no text inside":  ofMilestone(milestone.Awaited{Delivery: period.Delivery{Text: "\xff"}}),
		"quarters of no year":     {OfPlan: plan.Registered{Quarters: 3}},
		"a basis of nothing":      ofMilestone(funding.Advanced{Stage: funding.Bid, Terms: funding.Terms{Basis: 7}}),
		"a lag of years":          ofMilestone(milestone.DependencyLinked{LagDays: milestone.MaxLag + 1}),
		"a lag of less":           ofMilestone(milestone.DependencyLinked{LagDays: -1}),
		"no stage":                ofMilestone(funding.Advanced{}),
		"money that comes thrice": ofMilestone(funding.Advanced{Stage: funding.Confirmed, Terms: funding.Terms{Recurrent: 3}}),
		"a line of two":           ofMilestone(funding.Advanced{Stage: funding.Bid, Scheme: "GP IT"}),
		"a rating off the scale":  {OfPlan: plan.Revised{RatingSchemes: []rating.Scheme{{Values: []rating.Value{{Grade: 6}}}}}},
		"other quarters":          {OfPlan: plan.Revised{Quarters: ptr(plan.Quarters(3))}},
		"a row before the first":  ofMilestone(milestone.Sourced{Cells: []milestone.Cell{{Row: -1}}}),
		"an outcome of nothing":   ofMilestone(milestone.ReviewSettled{}),
		"a measure of nothing":    ofMilestone(measure.Defined{}),
		"a number in words":       ofMilestone(measure.Taken{Number: "about 3"}),
		"a number in two forms":   ofMilestone(measure.Targeted{Number: "3.0"}),
		"a cell before the first": ofMilestone(milestone.ReviewRaised{Cell: milestone.DocumentCell{Row: -1}}),
		"a part of no kind":       {OfPlan: plan.ComponentStated{Kind: 4}},
		"no event":                ofMilestone(nil),
		"a pointer":               ofMilestone(&milestone.Added{}),
		"an event of the plan":    ofMilestone(plan.Registered{}),
		"an event of a milestone": ofPlan(milestone.Held{}),
	} {
		if typ, payload, err := encode(e); err == nil {
			t.Errorf("%s is stored as %s %x", name, typ, payload)
		}
	}
}

// A poison record is told by its error, and none brings the reader down.
func TestDecodeRefuses(t *testing.T) {
	id := ulid[:]
	date := &ledgerv1.DeliveryDate{Text: "TBC"}
	with := func(r *ledgerv1.Reading) *ledgerv1.DeliveryDate {
		return &ledgerv1.DeliveryDate{Readings: []*ledgerv1.Reading{r}}
	}
	for name, c := range map[string]struct {
		t ledgerv1.EventType
		m proto.Message
	}{
		"no milestone":               {ledgerv1.EventType_EVENT_TYPE_FORECAST_GIVEN, &ledgerv1.ForecastGiven{Delivery: date}},
		"a short milestone id":       {ledgerv1.EventType_EVENT_TYPE_MILESTONE_ADDED, &ledgerv1.MilestoneAdded{Milestone: id[:15]}},
		"no date":                    {ledgerv1.EventType_EVENT_TYPE_FORECAST_GIVEN, &ledgerv1.ForecastGiven{Milestone: id}},
		"no actual date":             {ledgerv1.EventType_EVENT_TYPE_MILESTONE_ACHIEVED, &ledgerv1.MilestoneAchieved{Milestone: id}},
		"no such day":                {ledgerv1.EventType_EVENT_TYPE_MILESTONE_SLIPPED, &ledgerv1.MilestoneSlipped{Milestone: id, Delivery: date, From: 20170230}},
		"no such due day":            {ledgerv1.EventType_EVENT_TYPE_FORECAST_AWAITED, &ledgerv1.ForecastAwaited{Milestone: id, Delivery: with(&ledgerv1.Reading{Kind: 1, Due: 1})}},
		"no kind":                    {ledgerv1.EventType_EVENT_TYPE_FORECAST_AWAITED, &ledgerv1.ForecastAwaited{Milestone: id, Delivery: with(&ledgerv1.Reading{})}},
		"a kind to come":             {ledgerv1.EventType_EVENT_TYPE_FORECAST_AWAITED, &ledgerv1.ForecastAwaited{Milestone: id, Delivery: with(&ledgerv1.Reading{Kind: 9})}},
		"a short party id":           {ledgerv1.EventType_EVENT_TYPE_OWNER_CHANGED, &ledgerv1.OwnerChanged{Milestone: id, To: []byte("CCG")}},
		"a percentage of 101":        {ledgerv1.EventType_EVENT_TYPE_PROGRESS_REPORTED, &ledgerv1.ProgressReported{Milestone: id, Percent: ptr(uint32(101))}},
		"names out of order":         {ledgerv1.EventType_EVENT_TYPE_MILESTONE_AMENDED, &ledgerv1.MilestoneAmended{Milestone: id, Attributes: []*ledgerv1.Attribute{{Name: "b"}, {Name: "a"}}}},
		"half a digest":              {ledgerv1.EventType_EVENT_TYPE_EVIDENCE_ATTACHED, &ledgerv1.EvidenceAttached{Milestone: id, Sha256: id}},
		"half another milestone":     {ledgerv1.EventType_EVENT_TYPE_DEPENDENCY_UNLINKED, &ledgerv1.DependencyUnlinked{Milestone: id, On: id[:8]}},
		"a lag of years":             {ledgerv1.EventType_EVENT_TYPE_DEPENDENCY_LINKED, &ledgerv1.DependencyLinked{Milestone: id, On: id, LagDays: 1 << 31}},
		"an occurrence of nothing":   {ledgerv1.EventType_EVENT_TYPE_MILESTONE_ADDED, &ledgerv1.MilestoneAdded{Milestone: id, Occurrence: 20170401}},
		"a rating to come":           {ledgerv1.EventType_EVENT_TYPE_PLAN_REVISED, &ledgerv1.PlanRevised{RatingSchemes: []*ledgerv1.RatingScheme{{Values: []*ledgerv1.RatingValue{{Common: 257}}}}}},
		"a basis to come":            {ledgerv1.EventType_EVENT_TYPE_FUNDING_BID, &ledgerv1.FundingStated{Milestone: id, Basis: 257}},
		"a recurrence to come":       {ledgerv1.EventType_EVENT_TYPE_FUNDING_CONFIRMED, &ledgerv1.FundingConfirmed{Milestone: id, Recurrence: 3}},
		"a line of two":              {ledgerv1.EventType_EVENT_TYPE_FUNDING_SPENT, &ledgerv1.FundingStated{Milestone: id, Scheme: "GP IT"}},
		"a line of half a milestone": {ledgerv1.EventType_EVENT_TYPE_FUNDING_SPENT, &ledgerv1.FundingStated{Milestone: id[:3]}},
		"a column past the last":     {ledgerv1.EventType_EVENT_TYPE_MILESTONE_SOURCED, &ledgerv1.MilestoneSourced{Milestone: id, Sha256: append(id, id...), Cells: []*ledgerv1.SourceCell{{Column: 1 << 31}}}},
		"an outcome to come":         {ledgerv1.EventType_EVENT_TYPE_REVIEW_SETTLED, &ledgerv1.ReviewSettled{Milestone: id, Outcome: 257}},
		"a measure to come":          {ledgerv1.EventType_EVENT_TYPE_MEASURE_DEFINED, &ledgerv1.MeasureDefined{Kind: 257}},
		"a number of later":          {ledgerv1.EventType_EVENT_TYPE_MEASURE_TAKEN, &ledgerv1.MeasureTaken{Number: "1e3"}},
		"half a whole":               {ledgerv1.EventType_EVENT_TYPE_MILESTONE_ADDED, &ledgerv1.MilestoneAdded{Milestone: id, PartsOf: [][]byte{id[:8]}}},
		"a cell of half a document":  {ledgerv1.EventType_EVENT_TYPE_REVIEW_RAISED, &ledgerv1.ReviewRaised{Milestone: id, Cell: &ledgerv1.DocumentCell{Sha256: id}}},
		"a restated due day of none": {ledgerv1.EventType_EVENT_TYPE_FORECAST_RESTATED, &ledgerv1.ForecastRestated{Milestone: id, Delivery: date, From: 20170230}},
		"a part to come":             {ledgerv1.EventType_EVENT_TYPE_COMPONENT_STATED, &ledgerv1.ComponentStated{Kind: 257}},
		"half a digest of a plan":    {ledgerv1.EventType_EVENT_TYPE_DOCUMENT_IMPORTED, &ledgerv1.DocumentImported{Sha256: id}},
		"a further date of nothing":  {ledgerv1.EventType_EVENT_TYPE_FURTHER_DATE_STATED, &ledgerv1.FurtherDateStated{Milestone: id}},
		"quarters to come":           {ledgerv1.EventType_EVENT_TYPE_PLAN_REGISTERED, &ledgerv1.PlanRegistered{Quarters: 3}},
	} {
		payload, err := proto.Marshal(c.m)
		if err != nil {
			t.Fatal(err)
		}
		var bad *BadPayload
		if e, err := Decode(c.t, payload); !errors.As(err, &bad) || bad.Type != c.t || !cmp.Equal(e, Event{}) {
			t.Errorf("%s is read as %v, %v", name, e, err)
		} else if !strings.Contains(err.Error(), TypeName(c.t)) || errors.Unwrap(err) == nil {
			t.Errorf("%s is told as %q", name, err)
		}
	}
	for _, typ := range []ledgerv1.EventType{0, 3, 999, -1} {
		var unknown *UnknownEvent
		if e, err := Decode(typ, nil); !errors.As(err, &unknown) || unknown.Type != typ || !cmp.Equal(e, Event{}) {
			t.Errorf("type %d is read as %v, %v", typ, e, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, entry := range table {
		_, payload, err := encode(entry.sample)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(int32(entry.stored), payload)
	}
	for _, sample := range grown {
		typ, payload, err := encode(sample)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(int32(typ), payload)
	}
	f.Fuzz(func(t *testing.T, typ int32, payload []byte) {
		e, err := Decode(ledgerv1.EventType(typ), payload)
		d := NewDecoder()
		for range 2 { // the second time it remembers
			if quick, failed := d.Decode(ledgerv1.EventType(typ), payload); (failed == nil) != (err == nil) || !cmp.Equal(e, quick) {
				t.Fatalf("a Decoder reads %v, %v, and not %v, %v", quick, failed, e, err)
			}
		}
		if err != nil {
			return
		}
		// What was read can be stored again, and means the same.
		again, bytes, err := encode(e)
		if err != nil || again != ledgerv1.EventType(typ) {
			t.Fatalf("%v cannot be stored again: %v", e, err)
		}
		if back, err := Decode(again, bytes); err != nil || !cmp.Equal(e, back) {
			t.Fatalf("%v is read the second time as %v, %v", e, back, err)
		}
	})
}

// longCells are as many and as long as the domain lets through.
func longCells() (cells []milestone.Cell) {
	for range milestone.MaxCells {
		cells = append(cells, milestone.Cell{Field: "title", Text: strings.Repeat("x", milestone.MaxCellsAll/milestone.MaxCells-5), Row: milestone.MaxPlace, Column: milestone.MaxPlace})
	}
	return cells
}

// The largest event that the domain lets through leaves room for the rest of a record of 65,535 bytes.
func TestLargestEventFitsARecord(t *testing.T) {
	revised := plan.Revised{Reason: strings.Repeat("x", plan.MaxReason)}
	for left := rating.MaxAll; left > 0; left -= rating.MaxName + rating.MaxMeaning {
		if len(revised.RatingSchemes) == 0 || len(revised.RatingSchemes[len(revised.RatingSchemes)-1].Values) == rating.MaxValues {
			revised.RatingSchemes = append(revised.RatingSchemes, rating.Scheme{Name: strings.Repeat("x", rating.MaxName)})
		}
		s := &revised.RatingSchemes[len(revised.RatingSchemes)-1]
		s.Values = append(s.Values, rating.Value{Value: strings.Repeat("x", rating.MaxName), Meaning: strings.Repeat("x", rating.MaxMeaning)})
	}
	imported := plan.DocumentImported{Document: strings.Repeat("x", plan.MaxName), Mapping: strings.Repeat("x", plan.MaxMapping)}
	for range plan.MaxColumns {
		imported.Columns = append(imported.Columns, plan.DocumentColumn{Column: milestone.MaxPlace, Sheet: "x", ReadAs: "x", Heading: strings.Repeat("x", plan.MaxColumnText/plan.MaxColumns-2)})
	}
	if _, payload, err := EncodePlan(imported); err != nil || len(payload) > 48<<10 {
		t.Errorf("DocumentImported has %d bytes, %v", len(payload), err)
	}
	if _, payload, err := EncodePlan(revised); err != nil || len(payload) > 48<<10 {
		t.Errorf("PlanRevised has %d bytes, %v", len(payload), err)
	}
	long := func(n int) string { return strings.Repeat("x", n) }
	added := milestone.Added{Ref: long(milestone.MaxRef), Title: long(milestone.MaxTitle), Workstream: long(milestone.MaxWorkstream)}
	for i := range milestone.MaxAttributes {
		added.Attributes = append(added.Attributes, milestone.Attribute{Name: string(rune('A' + i)), Value: long(milestone.MaxAttributesAll/milestone.MaxAttributes - 1)})
	}
	for _, e := range []milestone.Event{
		added,
		milestone.Slipped{Delivery: period.Keep(long(period.MaxText)), Reason: long(milestone.MaxWords)},
		milestone.ProgressReported{Status: long(milestone.MaxStatus), Words: long(milestone.MaxWords), NextSteps: long(milestone.MaxWords)},
		milestone.EvidenceAttached{MediaType: long(milestone.MaxMediaType), Location: long(milestone.MaxLocation), Words: long(milestone.MaxWords)},
		milestone.IssueRaised{Issue: long(milestone.MaxRef), Words: long(milestone.MaxWords), Severity: long(milestone.MaxStatus)},
		funding.Advanced{Stage: funding.Bid, Line: long(funding.MaxLine), Fund: long(funding.MaxFund), Reason: long(funding.MaxReason)},
		milestone.Sourced{Document: long(milestone.MaxDocument), Sheet: long(milestone.MaxSheet), Cells: longCells()},
	} {
		_, payload, err := EncodeMilestone(ulid, e)
		if err != nil || len(payload) > 48<<10 {
			t.Errorf("%s has %d bytes, %v", e.EventName(), len(payload), err)
		}
	}
}
