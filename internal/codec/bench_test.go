package codec

import (
	"testing"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
)

// BenchmarkDecode reads the event there is most of. Its rate bounds how fast a ledger is replayed.
func BenchmarkDecode(b *testing.B) {
	from := day("2017-03-31")
	d := period.OfDay(day("2017-09-30"))
	t, payload, err := EncodeMilestone([16]byte{1, 2, 3}, milestone.Slipped{
		Delivery: d, From: from, Days: from.DaysUntil(d.Due()), Reason: "The builder has no steel before July.",
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(payload)))
	for b.Loop() {
		if _, err := Decode(t, payload); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkEncode writes it, beside what protobuf takes for the same bytes.
// BenchmarkDecodePlain compares the events that are read without protobuf with their reading by it.
func BenchmarkDecodePlain(b *testing.B) {
	percent := 40
	t, payload, err := EncodeMilestone([16]byte{1, 2, 3}, milestone.ProgressReported{Percent: &percent, Status: "Amber", Words: "The builder has no steel before July."})
	if err != nil {
		b.Fatal(err)
	}
	for name, decode := range map[string]func(ledgerv1.EventType, []byte) error{
		"ours":     func(t ledgerv1.EventType, p []byte) error { _, err := Decode(t, p); return err },
		"protobuf": func(t ledgerv1.EventType, p []byte) error { _, _, err := find(t).decode(p); return err },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := decode(t, payload); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	from := day("2017-03-31")
	d := period.OfDay(day("2017-09-30"))
	event := milestone.Slipped{Delivery: d, From: from, Days: from.DaysUntil(d.Due()), Reason: "The builder has no steel before July."}
	for name, encode := range map[string]func([16]byte, milestone.Event) (ledgerv1.EventType, []byte, error){
		"ours": EncodeMilestone, "protobuf": encodeMilestone,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := encode([16]byte{1, 2, 3}, event); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
