package request

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/baseline"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/money"
	"milepost.dev/domain/plan"
)

// value is something that a field of a command may hold, by its name.
func value(f protoreflect.FieldDescriptor) protoreflect.Value {
	switch f.Name() {
	case "delivery_date", "actual_date", "start_date", "date", "by", "deadline":
		return protoreflect.ValueOfString("2017-03-31")
	case "effective", "period_start", "start":
		return protoreflect.ValueOfString("2017-02-03")
	case "period_end", "end":
		return protoreflect.ValueOfString("2019-02-03")
	case "from":
		if f.ContainingMessage().Name() != "OwnerChanged" {
			return protoreflect.ValueOfString("2017-01-31")
		}
	case "reason_kind":
		return protoreflect.ValueOfString("external")
	case "sha256":
		return protoreflect.ValueOfString(strings.Repeat("7f", 32))
	case "day":
		if f.ContainingMessage().Name() == "BaselineBenefit" {
			return protoreflect.ValueOfString("2018-03-31")
		}
	case "amount", "of", "tolerance_money", "most_money":
		return protoreflect.ValueOfString("12.34")
	case "digest":
		return protoreflect.ValueOfString("sha256:" + strings.Repeat("7f", 32))
	case "media_type":
		return protoreflect.ValueOfString("application/pdf")
	case "rrule":
		return protoreflect.ValueOfString("FREQ=DAILY")
	case "item", "field":
		return protoreflect.ValueOfString("the-" + string(f.Name()))
	case "reason":
		if f.ContainingMessage().Name() == "ReviewRaised" {
			return protoreflect.ValueOfString("damaged")
		}
	case "currency":
		return protoreflect.ValueOfString("EUR")
	case "months_from":
		return protoreflect.ValueOfString("2017-04")
	case "financial_year":
		return protoreflect.ValueOfUint32(7)
	case "time_zone":
		return protoreflect.ValueOfString("Europe/Paris")
	case "role":
		return protoreflect.ValueOfString("viewer")
	case "plan":
		return protoreflect.ValueOfString("hubs")
	case "until":
		if f.ContainingMessage().Name() == "RoleGranted" {
			return protoreflect.ValueOfString("2017-03-31")
		}
	}
	switch f.Kind() {
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(2)
	case protoreflect.Uint32Kind:
		return protoreflect.ValueOfUint32(77)
	case protoreflect.Uint64Kind:
		return protoreflect.ValueOfUint64(77)
	default:
		return protoreflect.ValueOfString("the " + string(f.Name()))
	}
}

// fill sets every field of a command but one.
func fill(m protoreflect.Message, but protoreflect.Name) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		switch f := fields.Get(i); {
		case f.Name() == but:
		case f.Name() == "scheme" && fields.ByName("line") != nil && but != "ref": // a line belongs to one of them
		case f.IsList() && f.Message() != nil && f.Message().Name() == "RatingScheme":
			m.Mutable(f).List().Append(protoreflect.ValueOfMessage((&milepostv1.RatingScheme{
				Name: "RAG", Values: []*milepostv1.RatingValue{{Value: "Red", Common: milepostv1.CommonRating_COMMON_RATING_RED, Meaning: "off track"}},
			}).ProtoReflect()))
		case f.Name() == "kind" && f.ContainingMessage().Name() == "StatementCorrected": // the only one that names a speaker
			m.Set(f, protoreflect.ValueOfEnum(milepostv1.CorrectionKind_CORRECTION_KIND_WRONG_SPEAKER.Number()))
		case corrects(f): // an item is corrected to one value
		case dimension(f): // one thing is promised at a time
		case f.Message() != nil && !f.IsList() && !f.IsMap():
			fill(m.Mutable(f).Message(), "")
		case f.IsList() && f.Message() != nil:
			item := m.Mutable(f).List().AppendMutable().Message()
			fill(item, "")
			if f.Message().Name() == "Tier" { // the top one has no bound
				m.Mutable(f).List().Append(protoreflect.ValueOfMessage((&milepostv1.Tier{Name: "Board"}).ProtoReflect()))
			}
		case f.IsList():
			m.Mutable(f).List().Append(value(f))
		case f.IsMap():
			m.Mutable(f).Map().Set(protoreflect.ValueOfString("risk").MapKey(), protoreflect.ValueOfString("high"))
		default:
			m.Set(f, value(f))
		}
	}
}

// planOf is the plan that a request with a command of a kind names.
func planOf(kind protoreflect.FieldDescriptor) string {
	switch kind.Name() {
	case "parties_merged", "role_granted", "role_withdrawn":
		return plan.OfLedger
	}
	return "hubs"
}

// corrects says whether a field excludes another one that is given: the date in ReviewSettled, the position and the speaker in
// StatementCorrected.
func corrects(f protoreflect.FieldDescriptor) bool {
	if f.ContainingMessage().Name() == "StatementCorrected" {
		return f.Name() == "request_of" || f.Name() == "import_id" || f.Name() == "replacement"
	}
	return f.ContainingMessage().Name() == "ReviewSettled" && (f.Name() == "owner" || f.Name() == "text" || f.Name() == "parts")
}

// dimension says whether a field promises something else than a date.
func dimension(f protoreflect.FieldDescriptor) bool {
	return f.ContainingMessage().Name() == "BaselineProposed" && f.ContainingOneof() != nil && f.ContainingOneof().Name() == "value" && f.Name() != "date"
}

// What a reporter writes into a field is never dropped on the way to the domain: a command without it is
// read as another one.
func TestEveryFieldOfEveryCommandIsRead(t *testing.T) {
	kinds := (&milepostv1.Command{}).ProtoReflect().Descriptor().Oneofs().ByName("command").Fields()
	read := func(kind protoreflect.FieldDescriptor, but protoreflect.Name) any {
		m := &milepostv1.Command{}
		fill(m.ProtoReflect().Mutable(kind).Message(), but)
		r, err := Read(&milepostv1.SubmitRequest{RequestId: "1", Plan: planOf(kind), Commands: []*milepostv1.Command{m}},
			Settings{}, func(name string) (string, error) { return name, nil })
		if err != nil {
			return err.Error() // a field that is needed was read, for it was missed
		}
		c := r.Commands[0]
		return []any{c.Ref, c.OfMilestone, c.OfPlan}
	}
	for i := range kinds.Len() {
		kind := kinds.Get(i)
		whole := read(kind, "")
		if refused, ok := whole.(string); ok {
			t.Fatalf("%s: %s", kind.Name(), refused)
		}
		fields := kind.Message().Fields()
		for j := range fields.Len() {
			name := fields.Get(j).Name()
			if name == "scheme" && fields.ByName("line") != nil {
				continue // held to by TestALineOfAScheme
			}
			if dimension(fields.Get(j)) {
				continue // held to by TestEveryDimensionIsRead
			}
			if corrects(fields.Get(j)) {
				continue // held to by TestSplitPairedAndCorrected and TestCorrections
			}
			if reflect.DeepEqual(read(kind, name), whole) {
				t.Errorf("%s.%s is read by nobody", kind.Name(), name)
			}
		}
	}
	base := &milepostv1.Command{AsAt: "2017-03-31", Source: "minute 7", ExpectedRevision: proto.Uint64(3)}
	var c Command
	err := (&reader{}).readCommand(0, base, &c)
	if err != nil || c.AsAt.String() != "2017-03-31" || c.Source != "minute 7" || *c.Expected != 3 {
		t.Errorf("%+v, %v", c, err)
	}
}

// A line without a milestone belongs to the scheme that is named, or to the plan; with both it belongs nowhere.
func TestALineOfAScheme(t *testing.T) {
	read := func(c *milepostv1.Command) (*Command, error) {
		r := &reader{}
		var got Command
		err := r.readCommand(0, c, &got)
		if err == nil {
			err = r.found.Err()
		}
		return &got, err
	}
	stated := &milepostv1.FundingStated{Line: "L", Amount: "1", Scheme: "GP IT"}
	c, err := read(&milepostv1.Command{Command: &milepostv1.Command_FundingBid{FundingBid: stated}})
	want := funding.Advance{Stage: funding.Bid, Scheme: "GP IT", Line: "L", Amount: money.Amount{Currency: "GBP", Units: 1}}
	if err != nil || c.OfPlan != want || c.OfMilestone != nil {
		t.Errorf("%+v, %v", c, err)
	}
	c, err = read(&milepostv1.Command{Command: &milepostv1.Command_FundingReprofiled{
		FundingReprofiled: &milepostv1.FundingReprofiled{Line: "L", Scheme: "GP IT", Start: "2018-04-01"},
	}})
	if r, ok := c.OfPlan.(funding.Reprofile); err != nil || !ok || r.Scheme != "GP IT" {
		t.Errorf("%+v, %v", c, err)
	}
	c, err = read(&milepostv1.Command{Command: &milepostv1.Command_FundingWithdrawn{FundingWithdrawn: &milepostv1.FundingWithdrawn{Line: "L", Scheme: "GP IT"}}})
	if w, ok := c.OfPlan.(funding.Withdraw); err != nil || !ok || w.Scheme != "GP IT" {
		t.Errorf("%+v, %v", c, err)
	}
	stated.Ref = "HUB-1"
	var refusal *domain.Refusal
	if _, err := read(&milepostv1.Command{Command: &milepostv1.Command_FundingSpent{FundingSpent: stated}}); !errors.As(err, &refusal) || refusal.Rule != RuleLineOfBoth {
		t.Errorf("it is refused as %v", err)
	}
}

// What is promised in each dimension is read, field by field.
func TestEveryDimensionIsRead(t *testing.T) {
	values := (&milepostv1.BaselineProposed{}).ProtoReflect().Descriptor().Oneofs().ByName("value").Fields()
	read := func(kind protoreflect.FieldDescriptor, but protoreflect.Name) any {
		m := &milepostv1.BaselineProposed{Proposal: "board-2026-06", Ref: "A"}
		fill(m.ProtoReflect().Mutable(kind).Message(), but)
		r := &reader{}
		var c Command
		err := r.readCommand(0, &milepostv1.Command{Command: &milepostv1.Command_BaselineProposed{BaselineProposed: m}}, &c)
		if err == nil {
			err = r.found.Err()
		}
		if err != nil {
			return err.Error()
		}
		return c.OfPlan
	}
	seen := map[baseline.Dimension]bool{}
	for i := range values.Len() {
		kind := values.Get(i)
		whole := read(kind, "")
		propose, ok := whole.(baseline.Propose)
		if !ok || seen[propose.Dimension] {
			t.Fatalf("%s is read as %v", kind.Name(), whole)
		}
		seen[propose.Dimension] = true
		for j := range kind.Message().Fields().Len() {
			if name := kind.Message().Fields().Get(j).Name(); reflect.DeepEqual(read(kind, name), whole) {
				t.Errorf("%s.%s is read by nobody", kind.Name(), name)
			}
		}
	}
}
