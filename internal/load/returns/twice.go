package returns

import (
	"crypto/sha256"

	"milepost.dev/internal/reading/rows"
)

// Twice is a delivery date of a row beside another one that an earlier row states of the same milestone for the same day. Both are
// stated, in the order of the file.
type Twice struct {
	Ref     string `json:"ref"`
	AsAt    string `json:"as_at"`
	Row     int    `json:"row"`
	Date    string `json:"date"`
	Before  int    `json:"before"` // the earlier row
	Earlier string `json:"earlier"`
}

// stated is the last delivery date that a return states of each milestone and day, by the first bytes of the SHA-256 of both.
type stated map[[16]byte]dateIn

type dateIn struct {
	row  int
	date string
}

// twice notes a row whose delivery date is another than that of an earlier row about the same milestone and day.
func (r *run) twice(row rows.Row) {
	date := row.Value(rows.DeliveryDate)
	day, ok := row.Day()
	if date == "" || !ok || row.Ref() == "" {
		return
	}
	sum := sha256.Sum256([]byte(day + "\x00" + row.Ref()))
	key := [16]byte(sum[:16])
	before, there := r.stated[key]
	if r.stated == nil {
		r.stated = stated{}
	}
	r.stated[key] = dateIn{row.Number, date}
	if !there || before.date == date {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result.Twice = append(r.result.Twice, Twice{row.Ref(), day, row.Number, date, before.row, before.date})
}
