package lookalike

import "unicode"

// asciiKeys is anyKeys for a reference in ASCII, as nearly all are: a plan may have a hundred thousand of them.
func asciiKeys(ref string) []string {
	joined, seen := make([]byte, 0, len(ref)), append(make([]byte, 0, len(ref)+8), '=')
	last, between := none, 0 // where what stands behind the last letter or digit begins in joined
	space := false
	for i := range len(ref) {
		c := ref[i]
		if isSpace(c) {
			space = true
			continue
		}
		if space {
			joined, seen = append(joined, ' '), append(seen, ' ')
			space = false
		}
		if like := likeInASCII[c]; like != "" {
			seen = append(seen, like...)
		} else {
			seen = append(seen, c)
		}
		k := kindInASCII(c)
		if k != none {
			if last != none && k != last {
				joined = joined[:between]
			}
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
		}
		joined = append(joined, c)
		if k != none {
			last, between = k, len(joined)
		}
	}
	return []string{string(joined), string(seen)}
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func kindInASCII(c byte) kind {
	switch {
	case '0' <= c && c <= '9':
		return digit
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		return letter
	}
	return none
}

// likeInASCII is likeASCII for ASCII characters.
var likeInASCII = func() (like [unicode.MaxASCII + 1]string) {
	for r, ascii := range likeASCII {
		if r <= unicode.MaxASCII {
			like[r] = ascii
		}
	}
	return like
}()
