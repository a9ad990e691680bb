package lookalike

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSame(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
		why  string
	}{
		{"HUB-1", "HUB1", true, "between a letter and a digit"},
		{"G1", "g-1", true, "and in another case"},
		{"HUB 1", "HUB_1", true, "whatever stands there"},
		{"HUB.1", "hub / 1", true, "and however much of it"},
		{"1-A", "1a", true, "and behind a digit"},
		{"A-1.2", "A1.2", true, ""},
		{"1.1", "11", false, "between two digits it means something"},
		{"A1.1", "A11", false, ""},
		{"A1-1", "A-1.1", false, ""},
		{"A-B", "AB", false, "and between two letters"},
		{"HUB-1", "HUB-2", false, ""},
		{"HUB-1", "HUB-01", false, "a zero is a digit"},
		{"HUB-1.2", "HUB‑1.2", true, "one kind of dash: a non-breaking hyphen"},
		{"A–B", "A-B", true, "an en dash"},
		{"A−B", "A-B", true, "a minus sign"},
		{"A\u00a0B", "A B", true, "one kind of space"},
		{"A  B", "A B", true, "and one of it"},
		{"A\u200bB", "AB", true, "a space of no width"},
		{"ＨＵＢ－１", "HUB-1", true, "NFKC: full width"},
		{"HUB-①", "HUB-1", true, "NFKC: in a circle"},
		{"Caf\u00e9", "cafe\u0301", true, "NFKC: composed"},
		{"CAFÉ", "café", true, "case beyond ASCII"},
		{"СУД-1", "суд1", true, "in Cyrillic as well"},
		{"НUB-1", "HUB-1", true, "a Cyrillic letter that looks like H"},
		{"НUB1", "hub-1", true, "and all of it at once"},
		{"αx-2", "ax-2", true, "a Greek one"},
		{"I1", "l1", true, "what looks alike on paper"},
		{"10", "1O", true, ""},
		{"L1", "I1", false, "L and I do not"},
		{"L-1", "11", false, "though l and 1 do"},
		{"I-1", "11", false, "and a dash is seen on paper"},
		{"m1", "rn1", true, ""},
		{"M1", "RN1", false, ""},
		{"", "-", false, ""},
	} {
		if Same(c.a, c.b) != c.same || Same(c.b, c.a) != c.same {
			t.Errorf("%q and %q: the same is %t. %s: %q, %q", c.a, c.b, !c.same, c.why, Keys(c.a), Keys(c.b))
		}
	}
}

// Whatever a reference is, it is taken for itself, and panics nowhere.
func TestSameAsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ref := rapid.String().Draw(t, "ref")
		if !Same(ref, ref) {
			t.Fatalf("%q is not taken for itself: %q", ref, Keys(ref))
		}
	})
}

// The short way of references in ASCII comes to the same.
func TestASCIIKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ref := rapid.StringOfN(rapid.RuneFrom([]rune("AaIlLmMoO019-_. /\t|\"`")), 0, 12, -1).Draw(t, "ref")
		if short, long := asciiKeys(ref), anyKeys(ref); !slices.Equal(short, long) {
			t.Fatalf("%q: %q, and %q", ref, short, long)
		}
	})
}

func BenchmarkKeys(b *testing.B) {
	for b.Loop() {
		Keys("HUB-1.2/2017")
	}
}
