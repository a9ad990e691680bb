package file

import (
	"bytes"
	"time"

	"github.com/xuri/excelize/v2"
)

// The sheets of a workbook.
const (
	aboutSheet = "About"
	rowsSheet  = "Rows"
)

// mostShown is how much text a cell of a workbook holds, in characters; Excel takes no more.
const mostShown = 32_767

// Workbook is the table as XLSX: days are days and numbers are numbers, the head stays in sight, and the first sheet says what
// the rows speak for. Text is text, whatever it begins with.
func (t *Table) Workbook() ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SetSheetName("Sheet1", aboutSheet); err != nil {
		return nil, err
	}
	if err := t.about(book); err != nil {
		return nil, err
	}
	if _, err := book.NewSheet(rowsSheet); err != nil {
		return nil, err
	}
	if err := t.rows(book); err != nil {
		return nil, err
	}
	book.SetActiveSheet(1)
	var out bytes.Buffer
	err := book.Write(&out)
	return out.Bytes(), err
}

func (t *Table) about(book *excelize.File) error {
	if err := book.SetCellStr(aboutSheet, "A1", cut(t.Title)); err != nil {
		return err
	}
	for i, said := range t.said() {
		for column, value := range said {
			cell, err := excelize.CoordinatesToCellName(column+1, i+3)
			if err != nil {
				return err
			}
			if err := book.SetCellStr(aboutSheet, cell, cut(value)); err != nil {
				return err
			}
		}
	}
	return book.SetColWidth(aboutSheet, "A", "B", 24)
}

func (t *Table) rows(book *excelize.File) error {
	form := "yyyy-mm-dd"
	day, err := book.NewStyle(&excelize.Style{CustomNumFmt: &form})
	if err != nil {
		return err
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	w, err := book.NewStreamWriter(rowsSheet)
	if err != nil {
		return err
	}
	if err := w.SetColWidth(1, max(1, len(t.Columns)), 14); err != nil {
		return err
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(t.Columns))
	for i, name := range t.Columns {
		head[i] = excelize.Cell{StyleID: bold, Value: name}
	}
	if err := w.SetRow("A1", head); err != nil {
		return err
	}
	for i, row := range t.Rows {
		cells := make([]any, len(row))
		for k, value := range row {
			cells[k] = inBook(value, day)
		}
		at, err := excelize.CoordinatesToCellName(1, i+2)
		if err != nil {
			return err
		}
		if err := w.SetRow(at, cells); err != nil {
			return err
		}
	}
	return w.Flush()
}

// inBook is a cell as a workbook has it. A day before 1900, which a workbook has no number for, stays text.
func inBook(value any, style int) any {
	switch v := value.(type) {
	case string:
		return cut(v)
	case Day:
		day, err := time.Parse(time.DateOnly, string(v))
		if err != nil || day.Year() < 1901 {
			return string(v)
		}
		return excelize.Cell{StyleID: style, Value: day}
	}
	return value
}

func cut(text string) string {
	if runes := []rune(text); len(runes) > mostShown {
		return string(runes[:mostShown-1]) + "…"
	}
	return text
}
