package documents

import (
	"archive/zip"
	"regexp"
	"strings"
)

// dateFormat says what the number format of a cell shows of a date. Only a cell whose format shows a date holds one: to
// Excel a date is a number like any other.
type dateFormat uint8

const (
	noDate    dateFormat = iota
	wholeDate            // any format with a day, or a year alone
	monthOnly            // "mmm-yy": no day is shown
	dayMonth             // "d-mmm", which Excel gives to a typed "18-Mar"
)

// formats are the date formats of a workbook, by the style of a cell.
type formats []dateFormat

func (f formats) of(style int) dateFormat {
	if style < 0 || style >= len(f) {
		return noDate
	}
	return f[style]
}

// fills say which styles fill a cell with a colour that is not white.
type fills []bool

func (f fills) of(style int) bool { return style >= 0 && style < len(f) && f[style] }

// builtin are the formats that a workbook does not spell out (ECMA-376, part 1, 18.8.30).
var builtin = map[int]dateFormat{
	14: wholeDate, 15: wholeDate, 16: dayMonth, 17: monthOnly, 22: wholeDate,
	27: wholeDate, 28: wholeDate, 29: wholeDate, 30: wholeDate, 31: wholeDate, 36: wholeDate,
	50: wholeDate, 51: wholeDate, 52: wholeDate, 53: wholeDate, 54: wholeDate, 57: wholeDate, 58: wholeDate,
}

// readFormats reads the styles of a workbook. A workbook without them has neither dates nor colours.
func readFormats(archive *zip.Reader) (formats, fills, error) {
	const part = "xl/styles.xml"
	if sizeOf(archive, part) == 0 {
		return nil, nil, nil
	}
	var styles struct {
		Codes []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			ID   int `xml:"numFmtId,attr"`
			Fill int `xml:"fillId,attr"`
		} `xml:"cellXfs>xf"`
		Fills []struct {
			Pattern struct {
				Type  string `xml:"patternType,attr"`
				Color struct {
					RGB   string `xml:"rgb,attr"`
					Theme string `xml:"theme,attr"`
				} `xml:"fgColor"`
			} `xml:"patternFill"`
		} `xml:"fills>fill"`
	}
	if err := decodePart(archive, part, &styles); err != nil {
		return nil, nil, err
	}
	own := map[int]dateFormat{}
	for _, c := range styles.Codes {
		own[c.ID] = formatOf(c.Code)
	}
	var found formats
	var coloured fills
	for _, c := range styles.Cells {
		solid := false
		if c.Fill >= 0 && c.Fill < len(styles.Fills) {
			p := styles.Fills[c.Fill].Pattern
			solid = p.Type == "solid" && p.Color.Theme != "0" && !strings.HasSuffix(strings.ToUpper(p.Color.RGB), "FFFFFF")
		}
		coloured = append(coloured, solid)
		f, spelt := own[c.ID]
		if !spelt {
			f = builtin[c.ID]
		}
		found = append(found, f)
	}
	return found, coloured, nil
}

// notShown is what a format shows as it stands, or does not show at all: quoted and escaped letters, colours, conditions.
var notShown = regexp.MustCompile(`"[^"]*"|\\.|_.|\*.|\[[^\]]*\]`)

// formatOf says what a format code shows of a date.
func formatOf(code string) dateFormat {
	shown, _, _ := strings.Cut(notShown.ReplaceAllString(strings.ToLower(code), ""), ";")
	shown = strings.NewReplacer("general", "", "am/pm", "", "a/p", "").Replace(shown)
	day, year, month := strings.Contains(shown, "d"), strings.Contains(shown, "y"), strings.Contains(shown, "mmm")
	clock := strings.ContainsAny(shown, "hs")
	switch {
	case day && strings.Trim(shown, "dm-/ .") == "" && !year && (shown == "d-mmm" || shown == "dmmm" || shown == "dd-mmm"):
		return dayMonth
	case day || year && !strings.Contains(shown, "m"):
		return wholeDate
	case year || month && !clock:
		return monthOnly
	}
	return noDate
}
