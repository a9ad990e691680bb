package money

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"132000.00":                     "132000.00",
		"132000":                        "132000.00",
		"1,067,593":                     "1067593.00",
		"1,067,593.5":                   "1067593.50",
		"12,345":                        "12345.00",
		"0":                             "0.00",
		"007":                           "7.00",
		"-0.5":                          "-0.50",
		"0.000000001":                   "0.000000001",
		"-1.125":                        "-1.125",
		"9223372036854775807.999999999": "9223372036854775807.999999999",
	} {
		a, err := Parse(text, "GBP")
		if err != nil || a.String() != want || a.Currency != "GBP" || a.IsZero() {
			t.Errorf("Parse(%q) = %s, %v, want %s", text, a, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"", " ", "-", "--1", "+1", ".5", "5.", "1.2.3", "1e3", "£5", "5 ", "five", "1,23", "1,2345", ",123", "1,,234", "1234,567",
		"1,067.593,00", "1.0000000001", "1.-5", "9223372036854775808", "99999999999999999999999", "٣", "1_000",
	} {
		var r *domain.Refusal
		if a, err := Parse(text, "GBP"); !errors.As(err, &r) || r.Rule != RuleNotDecimal || r.Class != domain.Invalid || !a.IsZero() {
			t.Errorf("Parse(%q) = %s, %v", text, a, err)
		}
	}
	for _, currency := range []string{"", "gbp", "GB", "GBPP", "£", "G B"} {
		var r *domain.Refusal
		if a, err := Parse("1", currency); !errors.As(err, &r) || r.Rule != RuleCurrency || r.Class != domain.Invalid || !a.IsZero() {
			t.Errorf("Parse(1, %q) = %s, %v", currency, a, err)
		}
	}
}

// What is written is read as the same amount, and in the same order as exact arithmetic has it.
func TestExact(t *testing.T) {
	amounts := rapid.Custom(func(t *rapid.T) Amount {
		a := Amount{Currency: "GBP", Units: rapid.Int64Range(0, maxUnits).Draw(t, "units"), Nanos: rapid.Int32Range(0, 999_999_999).Draw(t, "nanos")}
		if rapid.Bool().Draw(t, "negative") {
			a.Units, a.Nanos = -a.Units, -a.Nanos
		}
		return a
	})
	exact := func(a Amount) *big.Rat {
		r, _ := new(big.Rat).SetString(a.String())
		return r
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := amounts.Draw(t, "a"), amounts.Draw(t, "b")
		if back, err := Parse(a.String(), "GBP"); err != nil || back != a {
			t.Fatalf("%+v is written %s and read %+v, %v", a, a, back, err)
		}
		if a.Cmp(b) != exact(a).Cmp(exact(b)) {
			t.Fatalf("%s against %s is %d", a, b, a.Cmp(b))
		}
		if a.Sign() != exact(a).Sign() {
			t.Fatalf("%s has sign %d", a, a.Sign())
		}
	})
}

func TestNothingSaidIsNotNothing(t *testing.T) {
	zero, err := Parse("0.00", "GBP")
	if err != nil || zero.IsZero() || zero.String() != "0.00" || zero.Sign() != 0 {
		t.Errorf("0.00 GBP is %+v, %v", zero, err)
	}
	if s := (Amount{}).String(); s != "" {
		t.Errorf("nothing said is written %q", s)
	}
	if s := (Amount{Currency: "GBP", Units: math.MinInt64}).String(); s != "-9223372036854775808.00" {
		t.Errorf("the least amount is written %q", s)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"132000.00", "1,067,593", "-0.5", "9223372036854775808", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := Parse(text, "GBP")
		if err != nil {
			return
		}
		want, ok := new(big.Rat).SetString(strings.ReplaceAll(text, ",", ""))
		got, _ := new(big.Rat).SetString(a.String())
		if !ok || got.Cmp(want) != 0 {
			t.Fatalf("Parse(%q) = %s", text, a)
		}
	})
}

func TestPlusAndMinus(t *testing.T) {
	of := func(decimal string) Amount {
		a, err := Parse(decimal, "GBP")
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for _, c := range []struct{ a, b, sum, difference string }{
		{"1.60", "0.75", "2.35", "0.85"},
		{"0.20", "1.00", "1.20", "-0.80"},
		{"9223372036854775807.00", "2.00", "9223372036854775807.00", "9223372036854775805.00"},
	} {
		if got := of(c.a).Plus(of(c.b)).String(); got != c.sum {
			t.Errorf("%s + %s = %s", c.a, c.b, got)
		}
		if got := of(c.a).Minus(of(c.b)).String(); got != c.difference {
			t.Errorf("%s - %s = %s", c.a, c.b, got)
		}
	}
	if got := (Amount{}).Plus(of("1.00")); got != of("1.00") || !(Amount{}).Plus(Amount{}).IsZero() {
		t.Errorf("nothing adds %v", got)
	}
}
