// Package money holds exact amounts of money, and what a funding line says of one. Nothing in it rounds, and nothing reads
// words: money as people write it is read before the domain is asked.
package money

import (
	"cmp"
	"fmt"
	"math/big"
	"strings"

	"milepost.dev/domain"
)

// Amount is an exact sum in one currency, with the meaning of google.type.Money. The zero Amount says nothing, which
// differs from zero pounds.
type Amount struct {
	// Currency is three letters of ISO 4217.
	Currency string
	// Units is whole units of the currency.
	Units int64
	// Nanos is billionths of a unit, of the same sign as Units.
	Nanos int32
}

// The rules that a written amount can break.
const (
	// RuleNotDecimal: the text is not a plain decimal, or too large or too fine to be kept exactly.
	RuleNotDecimal = "amount-not-decimal"
	// RuleCurrency: the currency is not three capital letters.
	RuleCurrency = "currency-unknown"
)

const (
	maxDecimals = 9
	maxUnits    = 1<<63 - 1
	nanosOfUnit = 1_000_000_000
)

// Parse reads a plain decimal such as "132000.00" or "1,067,593", with up to 9 decimals and a minus
// sign where it is owed. Its errors are *domain.Refusal, of class Invalid, without a field.
func Parse(decimal, currency string) (Amount, error) {
	if !isCurrency(currency) {
		return Amount{}, &domain.Refusal{
			Class: domain.Invalid, Rule: RuleCurrency,
			Message: fmt.Sprintf("%.20q is not a currency. Write its three capital letters: GBP.", currency),
		}
	}
	a, ok := parse(decimal)
	if !ok {
		return Amount{}, &domain.Refusal{
			Class: domain.Invalid, Rule: RuleNotDecimal,
			Message: fmt.Sprintf("%.60q is not an amount. Write a decimal such as 132000.00 or 1,067,593, with at most 9 decimals.", decimal),
		}
	}
	a.Currency = currency
	return a, nil
}

func isCurrency(s string) bool {
	if len(s) != 3 {
		return false
	}
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}

func parse(decimal string) (Amount, bool) {
	text, negative := strings.CutPrefix(decimal, "-")
	whole, fraction, hasPoint := strings.Cut(text, ".")
	units, ok := parseUnits(whole)
	if !ok || hasPoint && fraction == "" || len(fraction) > maxDecimals {
		return Amount{}, false
	}
	var nanos int32
	for i := range maxDecimals {
		digit := byte('0')
		if i < len(fraction) {
			digit = fraction[i]
		}
		if digit < '0' || digit > '9' {
			return Amount{}, false
		}
		nanos = nanos*10 + int32(digit-'0')
	}
	if negative {
		units, nanos = -units, -nanos
	}
	return Amount{Units: units, Nanos: nanos}, true
}

// parseUnits reads digits, with commas between all the thousands or none.
func parseUnits(whole string) (units int64, ok bool) {
	groups := strings.Split(whole, ",")
	for i, group := range groups {
		if group == "" || len(groups) > 1 && (len(group) > 3 || i > 0 && len(group) != 3) {
			return 0, false
		}
		for _, c := range []byte(group) {
			digit := int64(c) - '0'
			if digit < 0 || digit > 9 || units > (maxUnits-digit)/10 {
				return 0, false
			}
			units = units*10 + digit
		}
	}
	return units, true
}

// IsZero says whether nothing was said: the zero Amount. "0.00 GBP" was said.
func (a Amount) IsZero() bool { return a == Amount{} }

// Sign returns -1, 0 or 1.
func (a Amount) Sign() int {
	if s := cmp.Compare(a.Units, 0); s != 0 {
		return s
	}
	return cmp.Compare(a.Nanos, 0)
}

// Cmp returns -1, 0 or 1 as a is less than, equal to or more than other. It compares the numbers: only
// amounts of the same currency have an order, and the caller has made sure that they are.
func (a Amount) Cmp(other Amount) int {
	if c := cmp.Compare(a.Units, other.Units); c != 0 {
		return c
	}
	return cmp.Compare(a.Nanos, other.Nanos)
}

// String returns the decimal with at least two decimals and no currency: "132000.00". The zero Amount
// is "".
func (a Amount) String() string {
	if a.IsZero() {
		return ""
	}
	sign, units, nanos := "", uint64(a.Units), int64(a.Nanos)
	if a.Sign() < 0 {
		// Unsigned, so that the least int64 has an opposite.
		sign, units, nanos = "-", -units, -nanos
	}
	fraction := strings.TrimRight(fmt.Sprintf("%09d", nanos), "0")
	for len(fraction) < 2 {
		fraction += "0"
	}
	return fmt.Sprintf("%s%d.%s", sign, units, fraction)
}

// Within says whether an amount is more than another by no more than a bound. Amounts of different currencies are not.
func (a Amount) Within(other, bound Amount) bool {
	if a.Currency != other.Currency || a.Currency != bound.Currency {
		return false
	}
	var difference, most big.Int
	difference.Sub(a.inNanos(), other.inNanos())
	most.Set(bound.inNanos())
	return difference.Cmp(&most) <= 0
}

// Plus returns the sum of two amounts, of which the zero Amount adds nothing. It compares no currencies, as Cmp. A sum that is larger
// than can be kept stays at the largest.
func (a Amount) Plus(other Amount) Amount { return a.combined(other, (*big.Int).Add) }

// Minus returns the difference of two amounts, as Plus returns their sum.
func (a Amount) Minus(other Amount) Amount { return a.combined(other, (*big.Int).Sub) }

func (a Amount) combined(other Amount, with func(z, x, y *big.Int) *big.Int) Amount {
	if a.IsZero() && other.IsZero() {
		return Amount{}
	}
	all := with(new(big.Int), a.inNanos(), other.inNanos())
	units, nanos := new(big.Int).QuoRem(all, big.NewInt(nanosOfUnit), new(big.Int))
	sum := Amount{Currency: cmp.Or(a.Currency, other.Currency), Nanos: int32(nanos.Int64())}
	switch {
	case units.IsInt64():
		sum.Units = units.Int64()
	case units.Sign() > 0:
		sum.Units = maxUnits
	default:
		sum.Units = -maxUnits
	}
	return sum
}

// inNanos is the amount in billionths, which may be more than 64 bits hold.
func (a Amount) inNanos() *big.Int {
	n := new(big.Int).Mul(big.NewInt(a.Units), big.NewInt(nanosOfUnit))
	return n.Add(n, big.NewInt(int64(a.Nanos)))
}
