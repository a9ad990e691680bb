package documents

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
)

// What a spreadsheet may come to when it is unpacked. A file beyond it is refused before a row is read; one that lies about its
// size is refused where it passes it.
const (
	// MaxUnpacked is how many bytes all parts of a spreadsheet may have together.
	MaxUnpacked = 512 << 20
	// MaxRows is how many rows the sheets of a spreadsheet may have together.
	MaxRows = 400_000
	// MaxCell is how many bytes the text of a cell may have. Excel itself holds 32,767 characters.
	MaxCell = 100_000
	// MaxLongText is how many bytes of text the cells of a sheet may have together beyond longCell each.
	MaxLongText = 8 << 20
	longCell    = 1_000
	// maxRatio is how many times smaller a part may be packed where it is larger than ratioFrom. What people write is packed to a
	// tenth or a twentieth; what is packed to less was made to be large.
	maxRatio   = 30
	ratioFrom  = 8 << 20
	maxStyles  = 24 << 20
	maxParts   = 10_000
	maxColumns = 1_000
	inMemory   = 1 << 20 // a part that is larger is unpacked to the disk
)

// checkSize refuses a file that would unpack to more than is read. The sizes that the file states are looked at
// first; then every part is unpacked once, into nothing, because a bomb states what it likes.
func checkSize(archive *zip.Reader) error {
	if len(archive.File) > maxParts {
		return unreadable("too-large", "The spreadsheet has %d parts, and %d are read: this is no plan.", len(archive.File), maxParts)
	}
	var stated uint64
	for _, part := range archive.File {
		if stated += part.UncompressedSize64; part.UncompressedSize64 > MaxUnpacked || stated > MaxUnpacked {
			return tooLarge(part.Name, stated)
		}
	}
	left, rows := int64(MaxUnpacked), 0
	for _, part := range archive.File {
		in, err := part.Open()
		if err != nil {
			return damagedPart(part.Name, err)
		}
		m := &measured{part: part}
		n, err := io.Copy(m, io.LimitReader(in, left+1))
		if bad, ok := errors.AsType[*Unreadable](err); ok {
			return errors.Join(bad, in.Close())
		}
		if left -= n; left < 0 {
			return errors.Join(tooLarge(part.Name, MaxUnpacked+1), in.Close())
		}
		if err = errors.Join(err, in.Close()); err != nil {
			return damagedPart(part.Name, err)
		}
		if strings.HasPrefix(part.Name, "xl/worksheets/") {
			rows += m.rows
		}
	}
	if rows > MaxRows {
		return unreadable("too-large", "The sheets have %d rows, and %d are read. Save the sheet of the plan alone, or in parts.", rows, MaxRows)
	}
	return nil
}

// measured looks at a part as it is unpacked.
type measured struct {
	part *zip.File
	size uint64
	rows int
	run  int    // bytes since the last tag
	tail []byte // the end of what was written before
}

var rowTag = []byte("<row")

// ratio is how many times smaller the part may be packed. The formats of a workbook say the same over and over where somebody copied
// cells between workbooks for years; they are no text of anybody.
func (m *measured) ratio() uint64 {
	if m.part.Name == "xl/styles.xml" && m.size <= maxStyles {
		return 4 * maxRatio
	}
	return maxRatio
}

func (m *measured) Write(p []byte) (int, error) {
	if m.size += uint64(len(p)); m.size > ratioFrom && m.size/m.ratio() > m.part.CompressedSize64 {
		return 0, unreadable("too-large", "The part %.60q of the spreadsheet unpacks to more than %d times its size: it was made to be large, or says the same over and over. Copy the rows of the plan into a new spreadsheet.", m.part.Name, maxRatio)
	}
	m.rows += bytes.Count(p, rowTag)
	if seam := append(m.tail, p[:min(len(p), len(rowTag)-1)]...); len(m.tail) > 0 {
		m.rows += bytes.Count(seam, rowTag)
	}
	m.tail = append(m.tail[:0], p[max(0, len(p)-len(rowTag)+1):]...)
	for rest := p; ; {
		i := bytes.IndexByte(rest, '<')
		if i < 0 {
			m.run += len(rest)
			break
		}
		if m.run+i > MaxCell {
			m.run += i
			break
		}
		m.run, rest = 0, rest[i+1:]
	}
	if m.run > MaxCell && (strings.HasPrefix(m.part.Name, "xl/worksheets/") || strings.HasSuffix(m.part.Name, "sharedStrings.xml")) {
		return 0, unreadable("too-large", "A cell of the spreadsheet has more than %d bytes. Shorten it, or leave its column out.", MaxCell)
	}
	return len(p), nil
}
