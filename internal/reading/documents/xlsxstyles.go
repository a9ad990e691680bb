package documents

import (
	"archive/zip"
	"fmt"
	"regexp"
	"slices"
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

// fills are the colours that styles fill a cell with; empty for none, and for white.
type fills []string

func (f fills) of(style int) string {
	if style < 0 || style >= len(f) {
		return ""
	}
	return f[style]
}

// any says whether a style has a colour.
func (f fills) any() bool {
	return slices.ContainsFunc(f, func(colour string) bool { return colour != "" })
}

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
					Tint  string `xml:"tint,attr"`
					Index string `xml:"indexed,attr"`
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
		colour := ""
		if c.Fill >= 0 && c.Fill < len(styles.Fills) && styles.Fills[c.Fill].Pattern.Type == "solid" {
			p := styles.Fills[c.Fill].Pattern.Color
			colour = colourNamed(p.RGB, p.Theme, p.Tint, p.Index)
		}
		coloured = append(coloured, colour)
		f, spelt := own[c.ID]
		if !spelt {
			f = builtin[c.ID]
		}
		found = append(found, f)
	}
	return found, coloured, nil
}

// colourNamed is what a colour is called: by its red, green and blue, or by its place in a palette. White has no name.
func colourNamed(rgb, theme, tint, index string) string {
	switch rgb = strings.ToUpper(rgb); {
	case len(rgb) >= 6:
		if rgb = rgb[len(rgb)-6:]; rgb == "FFFFFF" {
			return ""
		}
		return "#" + rgb
	case theme == "0" && tint == "", index == "9", index == "64", index == "65": // the paper
		return ""
	case theme != "" && tint != "":
		return fmt.Sprintf("theme %.3s, tint %.6s", theme, tint)
	case theme != "":
		return fmt.Sprintf("theme %.3s", theme)
	case index != "":
		return fmt.Sprintf("index %.3s", index)
	}
	return "some"
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
