package replica

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkWritten counts the bytes that saving writes to the disk for an event, with 4 and with 20 saves: as many as there are of a
// million and of five million events. rewritten is what writing the whole fold each time would come to.
func BenchmarkWritten(b *testing.B) {
	const every, together = 2000, 100
	for _, saves := range []int{4, 20} {
		b.Run(fmt.Sprint("saves=", saves), func(b *testing.B) {
			var written, rewritten, events int64
			for b.Loop() {
				written, rewritten, events = 0, 0, int64(saves*every)
				dir := b.TempDir()
				s := newSaved(b, dir)
				s.saveEvery = every
				seen := map[string]bool{}
				for range saves {
					for range every / together {
						s.append(together / 2)
					}
					s.BeginSave(s.chain.Clone())
					s.EndSave(<-s.Saved())
					entries, err := os.ReadDir(dir)
					if err != nil {
						b.Fatal(err)
					}
					for _, e := range entries {
						info, err := os.Stat(filepath.Join(dir, e.Name()))
						if err != nil {
							b.Fatal(err)
						}
						if rewritten += info.Size(); e.Name() == listName || !seen[e.Name()] {
							seen[e.Name()] = true
							written += info.Size()
						}
					}
				}
				if err := s.Close(false); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(written)/float64(events), "B/event")
			b.ReportMetric(float64(rewritten)/float64(events), "rewritten-B/event")
			b.ReportMetric(0, "ns/op")
		})
	}
}
