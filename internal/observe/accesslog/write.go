package accesslog

import (
	"encoding/json"
	"strconv"
	"time"
)

// append appends the line as encoding/json writes it, field by field: every call of the server writes one, and waits for it.
func (l *line) append(b []byte) []byte {
	b = append(b, `{"time":"`...)
	b = l.Time.AppendFormat(b, time.RFC3339Nano)
	b = append(b, '"')
	b = appendOptional(b, `,"actor":`, l.Actor)
	b = appendText(append(b, `,"method":`...), l.Method)
	b = appendOptional(b, `,"plan":`, l.Plan)
	b = appendOptional(b, `,"address":`, l.Address)
	b = appendOptional(b, `,"path":`, l.Path)
	b = appendText(append(b, `,"code":`...), l.Code)
	b = appendOptional(b, `,"rule":`, l.Rule)
	b = strconv.AppendFloat(append(b, `,"duration_ms":`...), l.DurationMS, 'f', -1, 64)
	if l.LeftOut > 0 {
		b = strconv.AppendInt(append(b, `,"left_out":`...), int64(l.LeftOut), 10)
	}
	b = strconv.AppendUint(append(b, `,"number":`...), l.Number, 10)
	b = append(append(b, `,"before":"`...), l.Before...)
	return append(b, `"}`...)
}

func appendOptional(b []byte, name, text string) []byte {
	if text == "" {
		return b
	}
	return appendText(append(b, name...), text)
}

// appendText appends a text between quotation marks. What is not plainly ASCII encoding/json writes.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, err := json.Marshal(text)
			if err != nil { // a text always has one
				return append(b, `""`...)
			}
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), text...), '"')
}
