package domain

import (
	"errors"
	"fmt"
	"testing"
)

func TestRefusalAt(t *testing.T) {
	for _, c := range []struct{ field, path, want string }{
		{"delivery_date", "commands[3].milestone_slipped", "commands[3].milestone_slipped.delivery_date"},
		{"", "commands[3]", "commands[3]"},
	} {
		r := &Refusal{Field: c.field}
		if got := r.At(c.path).Field; got != c.want || r.Field != c.field {
			t.Errorf("%q at %q is %q, and the refusal now %q", c.field, c.path, got, r.Field)
		}
	}
}

func TestRefusals(t *testing.T) {
	if err := (Refusals{}).Err(); err != nil {
		t.Errorf("no violations are the error %v", err)
	}
	rs := Refusals{{Rule: "one", Field: "ref", Message: "First."}, {Rule: "two", Message: "Second."}}
	err := fmt.Errorf("refused: %w", rs.At("commands[0]").Err())
	var r *Refusal
	if !errors.As(err, &r) || r.Rule != "one" || r.Field != "commands[0].ref" {
		t.Errorf("the first refusal is %+v", r)
	}
	var all Refusals
	if !errors.As(err, &all) || len(all) != 2 || all.Error() != "First. Second." {
		t.Errorf("the refusals are %v", all)
	}
}
