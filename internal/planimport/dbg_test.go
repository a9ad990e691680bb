package planimport

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestDbg(t *testing.T) {
	data, _ := os.ReadFile("/work/shared/plans/" + os.Getenv("DOC") + ".txt")
	lines := strings.Split(string(data), "\n")
	var n, c int
	fmt.Sscan(os.Getenv("AT"), &n)
	fmt.Sscan(os.Getenv("COL"), &c)
	text := tidy(withoutTags(strings.Split(lines[n-1], "\t")[c]))
	p := phraseOf(text)
	for _, k := range p.cuts() {
		fmt.Println(k.weight, p.words[k.before-1].text, "|", p.words[k.before].text)
	}
	for l := 9; l >= 3; l-- {
		fmt.Println(l, len(headed(p.parted(p.cuts(), l))))
	}
}
