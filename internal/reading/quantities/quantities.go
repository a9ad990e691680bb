// Package quantities reads a measured value or a target as one number with its unit: "95%", "1,300 visitors a week". What names a bound,
// a range, a share of something or several numbers is not one number, and stays words: "fewer than 20", "4 of 5", "95%+". It is pure.
package quantities

import (
	"regexp"
	"strings"

	"milepost.dev/domain/measure"
)

// MaxUnit bounds the unit in bytes. What is longer is a sentence, and its number one of several things that it says.
const MaxUnit = 40

// mostWords is how many words a unit has at most.
const mostWords = 4

var (
	// quantity is a number with what stands before and behind it. A comma parts thousands.
	quantity = regexp.MustCompile(`^([£€$])?\s?(-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s?(%|per cent\b|percent\b|[kKmM]\b)?\s*(.*)$`)
	// bounded are words behind a number by which it is a bound, or one of several.
	bounded = regexp.MustCompile(`(?i)^(?:or|to|and|plus)\b|^[-+–/&<>≥≤~:.)]|\d|\b(?:at least|or more|or fewer|or less)\b`)
	// partOf are words behind a number by which it is a part of another one, or a day. A percentage is always of something.
	partOf = regexp.MustCompile(`(?i)^(?:of|out of|from|by|in|until|x)\b`)
)

var currencies = map[string]string{"£": "GBP", "€": "EUR", "$": "USD"}

// Read returns the number that a value is, and its unit: "%", three letters of ISO 4217, or the words behind the number. Both are
// empty where the value is not one number.
func Read(value string) (measure.Number, string) {
	at := quantity.FindStringSubmatch(strings.Trim(value, " \t\u00a0."))
	if at == nil {
		return "", ""
	}
	sign, digits, mark, rest := at[1], at[2], strings.ToLower(at[3]), strings.TrimSpace(at[4])
	isShare := mark == "%" || mark == "per cent" || mark == "percent"
	switch {
	case bounded.MatchString(rest):
		return "", ""
	case isShare && sign == "":
		return number(digits, 0), "%"
	case isShare, partOf.MatchString(rest), len(rest) > MaxUnit, len(strings.Fields(rest)) > mostWords:
		return "", ""
	case sign == "" && mark != "": // "5 m" may be metres
		return "", ""
	case sign != "" && rest != "": // a sum of something
		return "", ""
	case sign != "":
		return number(digits, map[string]int{"k": 3, "m": 6}[mark]), currencies[sign]
	}
	return number(digits, 0), rest
}

// number is digits as an exact number, times a power of ten.
func number(digits string, power int) measure.Number {
	digits = strings.ReplaceAll(digits, ",", "")
	minus := ""
	if rest, ok := strings.CutPrefix(digits, "-"); ok {
		minus, digits = "-", rest
	}
	whole, part, _ := strings.Cut(digits, ".")
	for ; power > 0; power-- {
		next := "0"
		if part != "" {
			next, part = part[:1], part[1:]
		}
		whole += next
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if part = strings.TrimRight(part, "0"); part != "" {
		whole += "." + part
	}
	if whole == "0" {
		minus = ""
	}
	return measure.Number(minus + whole)
}
