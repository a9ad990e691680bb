package file

import (
	"encoding/csv"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var libreOffice = flag.Bool("libreoffice", false, "have LibreOffice open a workbook; it has to be installed")

// LibreOffice opens a workbook, its days are days, and what would be a formula is text.
func TestLibreOfficeReadsAWorkbook(t *testing.T) {
	if !*libreOffice {
		t.Skip("NOT TESTED: without -libreoffice (make sheets) another library alone reads the workbook")
	}
	program, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatal("LibreOffice is not installed: ", err)
	}
	dir := t.TempDir()
	data, err := table().Workbook()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "book.xlsx"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	// Of each sheet a file, as UTF-8 (76), with every cell as it is shown.
	convert := exec.CommandContext(t.Context(), program, "--headless", "-env:UserInstallation=file://"+dir+"/profile",
		"--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1", "--outdir", dir, filepath.Join(dir, "book.xlsx"))
	if out, err := convert.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "book-"+rowsSheet+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[1], "|"); !strings.Contains(got, `=HYPERLINK("http://evil.example")`) || !strings.Contains(got, "2025-03-31") {
		t.Errorf("the first row is %s", got)
	}
}
