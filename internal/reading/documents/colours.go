package documents

import (
	"archive/zip"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// A rating that is only a colour means what the key of the workbook says that the colour means. Without a key nobody knows.

// colours are the meanings of colours by what they are called.
type colours map[string]string

// String lists them for a person.
func (c colours) String() string {
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(c)) {
		texts = append(texts, fmt.Sprintf("%s is %.40q", name, c[name]))
	}
	return strings.Join(texts, ", ")
}

const (
	maxKeyRows    = 300 // of a sheet are looked at for a key
	maxKeyEntries = 12
	maxMeaning    = 60 // bytes
)

// keyLabel heads the key to the colours of a sheet, in a cell of its own.
var keyLabel = regexp.MustCompile(`(?i)^(?:(?:rag|colou?r|status|rating)(?: (?:status|rating))? )?(?:key|legend|colou?r code|colou?r coding)\s*:?$`)

// keySheet is a sheet that holds nothing else.
var keySheet = regexp.MustCompile(`(?i)^(?:(?:rag|colou?r|status) )?(?:key|legend)$`)

// colourKey looks for the key to the colours of a workbook in the first rows of its sheets. A colour that is said to mean two things
// means nothing.
func colourKey(reader *excelize.File, archive *zip.Reader, sheets []sheetPart, styles cellStyles) (colours, error) {
	found := colours{}
	for _, one := range sheets {
		in := keyReader{found: found, whole: keySheet.MatchString(strings.TrimSpace(one.name))}
		err := eachSheetRow(reader, archive, one, styles, &tracked{}, func(r row) bool {
			in.row(r)
			return r.number < maxKeyRows
		})
		if err != nil {
			return nil, err
		}
	}
	maps.DeleteFunc(found, func(_, meaning string) bool { return meaning == "" })
	return found, nil
}

// keyReader reads the key of a sheet.
type keyReader struct {
	found colours
	whole bool // the sheet holds nothing else
	open  bool // a label stands above
	left  int  // the column of the label
	count int  // of its entries
}

// row takes the entries of a row: beside the label of the key, or below it until a row has none.
func (k *keyReader) row(in row) {
	begins := false
	for i, c := range in.cells {
		if keyLabel.MatchString(c.text) {
			k.open, k.left, k.count, begins = true, i, 0, true
		}
	}
	if !k.open && !k.whole {
		return
	}
	before := k.count
	for i, c := range in.cells {
		if c.colour != "" && !keyLabel.MatchString(c.text) && (k.whole || i+1 >= k.left && i <= k.left+3 || begins && i >= k.left) {
			k.entry(c.colour, meaningOf(in, i))
		}
	}
	if !begins && k.count == before {
		k.open = false
	}
}

func (k *keyReader) entry(colour, meaning string) {
	if meaning == "" || k.count >= maxKeyEntries {
		return
	}
	k.count++
	if said, ok := k.found[colour]; ok && !strings.EqualFold(said, meaning) {
		meaning = ""
	}
	k.found[colour] = meaning
}

// meaningOf is what a coloured cell of a key says, or the cell to the right of it.
func meaningOf(in row, column int) string {
	text := in.at(column).text
	if next := in.at(column + 1); text == "" && next.colour == "" {
		text = next.text
	}
	if len(text) > maxMeaning || strings.Contains(text, "\n") {
		return ""
	}
	return strings.TrimSpace(strings.TrimLeft(text, "=:-– "))
}

// readColours gives the cells of ratings and states that are coloured and hold no word what the key says.
func (r learner) readColours(rows []row) {
	if len(r.colours) == 0 {
		return
	}
	for _, i := range append(r.layout.all(RAG), r.layout.all(Status)...) {
		for _, in := range rows {
			if c := in.at(i); c.text == "" && r.colours[c.colour] != "" {
				in.cells[i].text, in.cells[i].whole = r.colours[c.colour], "colour "+c.colour
			}
		}
	}
}
