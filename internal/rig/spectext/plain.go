package spectext

import (
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
)

// Plain commands and events, which are most, are written field by field, by the names that the fields have: a date as
// it was written stands first, and what has no value is left out.

// filled returns a command or an event of the same type with what a line says.
func filled[T any](empty T, f fact) (T, error) {
	v := reflect.New(reflect.TypeOf(empty)).Elem()
	for i := range v.NumField() {
		field, name := v.Field(i), called(v.Type().Field(i).Name)
		switch field.Interface().(type) {
		case period.Delivery:
			field.Set(reflect.ValueOf(Reading(f.arg(0))))
		case civil.Date:
			field.Set(reflect.ValueOf(Day(f.said[name])))
		case int:
			n, _ := strconv.Atoi(f.said[name])
			field.SetInt(int64(n))
		case milestone.ID, [32]byte: // written as the letters that it begins with
			reflect.Copy(field, reflect.ValueOf([]byte(f.said[name])))
		case []string:
			field.Set(reflect.ValueOf(strings.Fields(f.said[name])))
		case []milestone.ID:
			field.Set(reflect.ValueOf(ids(f.said[name])))
		case []milestone.Party:
			field.Set(reflect.ValueOf(parties(f.said[name])))
		case measure.Kind:
			for k := measure.Success; k <= measure.Readiness; k++ {
				if k.String() == f.said[name] {
					field.Set(reflect.ValueOf(k))
				}
			}
		case milestone.Outcome:
			field.Set(reflect.ValueOf(parseOutcome(f.said[name])))
		case milestone.DocumentCell:
			field.Set(reflect.ValueOf(parseCell(f.said[name])))
		case string, milestone.Party, measure.Number:
			field.SetString(f.said[name])
		default:
			return empty, fmt.Errorf("%T has a field of type %s, for which there is no notation", empty, field.Type())
		}
	}
	return v.Interface().(T), nil
}

// plainly writes what filled reads.
func plainly(fact any) string {
	var b strings.Builder
	v := reflect.ValueOf(fact)
	for i := range v.NumField() {
		value, name := v.Field(i).Interface(), called(v.Type().Field(i).Name)
		d, isDelivery := value.(period.Delivery)
		text := fmt.Sprint(value)
		switch id := value.(type) {
		case milestone.ID:
			text = letters(id[:])
		case []milestone.ID:
			text = allLetters(id)
		case []string:
			text = strings.Join(id, " ")
		case []milestone.Party:
			text = strings.Join(slices.Collect(names(id)), " ")
		case [32]byte:
			text = letters(id[:])
		case milestone.DocumentCell:
			text = showCell(id)
		}
		switch {
		case isDelivery:
			b.WriteString(" " + quoted(d.Text))
		case text == "", text == "0":
		case slices.Contains(before, name):
			b.WriteString(" " + name + " " + text)
		default:
			b.WriteString(" " + name + "=" + quoted(text))
		}
	}
	return b.String()
}

// parties are written by their names, with spaces between them.
func parties(text string) (all []milestone.Party) {
	for _, name := range strings.Fields(text) {
		all = append(all, milestone.Party(name))
	}
	return all
}

func names(all []milestone.Party) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, p := range all {
			if !yield(string(p)) {
				return
			}
		}
	}
}

// called is a field's name in the notation: of NextSteps it is next_steps.
func called(field string) string {
	switch field {
	case "SHA256", "RRule":
		return strings.ToLower(field)
	}
	var b strings.Builder
	for i, c := range field {
		if i > 0 && c >= 'A' && c <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(c)
	}
	return strings.ToLower(b.String())
}
