package request

import (
	"errors"
	"testing"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/milestone"
)

// What a correction points at, and what should have been said, come to the domain; what makes no sense is refused by its rule.
func TestCorrections(t *testing.T) {
	date := &milepostv1.Command{Command: &milepostv1.Command_DeliveryDateStated{DeliveryDateStated: &milepostv1.DeliveryDateStated{DeliveryDate: "2017-03-31"}}}
	owner := &milepostv1.Command{Command: &milepostv1.Command_OwnerChanged{OwnerChanged: &milepostv1.OwnerChanged{Owner: "Estates"}}}
	typing := milepostv1.CorrectionKind_CORRECTION_KIND_TYPING
	base := func(change func(*milepostv1.StatementCorrected)) *milepostv1.StatementCorrected {
		m := &milepostv1.StatementCorrected{Target: &milepostv1.StatementCorrected_Position{Position: 7}, Kind: typing, Reason: "2071"}
		change(m)
		return m
	}
	for _, tt := range []struct {
		name string
		m    *milepostv1.StatementCorrected
		rule string
		want func(correction.Correct) bool
	}{
		{"none", base(func(*milepostv1.StatementCorrected) {}), "", func(c correction.Correct) bool {
			return c.Of == correction.OfStatement && c.Position == 7 && c.Replacement == nil && c.Kind == correction.Typing
		}},
		{"a date", base(func(m *milepostv1.StatementCorrected) { m.Replacement = date }), "", func(c correction.Correct) bool {
			stated, ok := c.Replacement.(milestone.StateDate)
			return ok && stated.Delivery.Text == "2017-03-31"
		}},
		{"an owner is a party", base(func(m *milepostv1.StatementCorrected) { m.Replacement = owner }), "", func(c correction.Correct) bool {
			change, ok := c.Replacement.(milestone.ChangeOwner)
			return ok && change.To == "party of Estates"
		}},
		{
			"a request", base(func(m *milepostv1.StatementCorrected) {
				m.Target = &milepostv1.StatementCorrected_RequestOf{RequestOf: 9}
			}), "",
			func(c correction.Correct) bool { return c.Of == correction.OfRequest && c.Position == 9 },
		},
		{"an import", base(func(m *milepostv1.StatementCorrected) {
			m.Target = &milepostv1.StatementCorrected_ImportId{ImportId: "0102030405060708090a0b0c0d0e0f10"}
		}), "", func(c correction.Correct) bool { return c.Of == correction.OfImport && c.Import[15] == 16 }},
		{"no import", base(func(m *milepostv1.StatementCorrected) {
			m.Target = &milepostv1.StatementCorrected_ImportId{ImportId: "01"}
		}), RuleImportMalformed, nil},
		{"nothing", base(func(m *milepostv1.StatementCorrected) { m.Target = nil }), correction.RuleTargetMissing, nil},
		{"no kind", base(func(m *milepostv1.StatementCorrected) { m.Kind = 0 }), correction.RuleKindMissing, nil},
		{"a kind of later", base(func(m *milepostv1.StatementCorrected) { m.Kind = 99 }), correction.RuleKindMissing, nil},
		{"no reason", base(func(m *milepostv1.StatementCorrected) { m.Reason = "" }), correction.RuleReasonMissing, nil},
		{"a request with a replacement", base(func(m *milepostv1.StatementCorrected) {
			m.Target, m.Replacement = &milepostv1.StatementCorrected_RequestOf{RequestOf: 9}, date
		}), correction.RuleReplacement, nil},
		{"a replacement with a day of its own", base(func(m *milepostv1.StatementCorrected) {
			m.Replacement = &milepostv1.Command{AsAt: "2017-01-01", Command: date.Command}
		}), RuleReplacementBeside, nil},
		{"a correction of a correction", base(func(m *milepostv1.StatementCorrected) {
			m.Replacement = &milepostv1.Command{Command: &milepostv1.Command_StatementCorrected{StatementCorrected: &milepostv1.StatementCorrected{}}}
		}), correction.RuleReplacement, nil},
		{"a replacement about the plan", base(func(m *milepostv1.StatementCorrected) {
			m.Replacement = &milepostv1.Command{Command: &milepostv1.Command_PlanClosed{PlanClosed: &milepostv1.PlanClosed{Reason: "over"}}}
		}), correction.RuleReplacement, nil},
		{"another speaker for no reason", base(func(m *milepostv1.StatementCorrected) { m.Speaker = "Estates" }), correction.RuleReplacement, nil},
		{"a misread document without another reading", base(func(m *milepostv1.StatementCorrected) {
			m.Kind = milepostv1.CorrectionKind_CORRECTION_KIND_MISREAD_DOCUMENT
		}), correction.RuleReplacement, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			command := &milepostv1.Command{Command: &milepostv1.Command_StatementCorrected{StatementCorrected: tt.m}}
			r, err := Read(&milepostv1.SubmitRequest{RequestId: "1", Plan: "hubs", Commands: []*milepostv1.Command{command}},
				Settings{}, func(name string) (string, error) { return "party of " + name, nil })
			if tt.rule != "" {
				var refusal *domain.Refusal
				if !errors.As(err, &refusal) || refusal.Rule != tt.rule {
					t.Fatalf("%v, and not the rule %s", err, tt.rule)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if c, ok := r.Commands[0].OfMilestone.(correction.Correct); !ok || !tt.want(c) {
				t.Errorf("read as %+v", r.Commands[0].OfMilestone)
			}
		})
	}
}
