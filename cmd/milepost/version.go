package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/backup"
	"milepost.dev/internal/output"
)

type versionCommand struct {
	Output output.Format `short:"o" enum:"table,json,ndjson,csv" default:"table" help:"table, json, ndjson or csv."`
}

// Help is shown by kong.
func (versionCommand) Help() string {
	return `The version of milepost, the commit that it was built from and when that was made, the Go that built it,
and which formats it reads.

    milepost version -o json

"modified" is true where what was built is not what the commit holds. What was not recorded when it was built is
empty: go run records no commit.

EXIT STATUS

    0  always`
}

// build is what the program was built from.
type build struct {
	Version  string // of the module; "(devel)" where it was built in a clone
	Commit   string
	Time     string // of the commit, RFC 3339
	Modified string // "true", "false" or not known
	Go       string
	Platform string
}

// formats are what this version reads and writes. A later one reads all of them too.
func formats() []output.Column[build] {
	of := func(name, format string) output.Column[build] {
		return output.Column[build]{Name: name, Value: func(build) any { return format }}
	}
	return []output.Column[build]{
		of("ledger_format", string(ledgerv1.File_milepost_ledger_v1_ledger_proto.Package())),
		of("backup_format", backup.Format),
		of("api", string(pb.File_milepost_v1_command_proto.Package())),
	}
}

func buildOf() build {
	b := build{Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Version = cmp.Or(info.Main.Version, b.Version)
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value
		}
	}
	return b
}

func versionColumns() []output.Column[build] {
	return slices.Concat([]output.Column[build]{
		{Name: "version", Value: func(b build) any { return b.Version }},
		{Name: "commit", Value: func(b build) any { return output.Text(b.Commit) }},
		{Name: "commit_time", Value: func(b build) any { return output.Text(b.Time) }},
		{Name: "modified", Value: func(b build) any {
			if b.Modified == "" {
				return nil
			}
			return b.Modified == "true"
		}},
		{Name: "go", Value: func(b build) any { return b.Go }},
		{Name: "platform", Value: func(b build) any { return b.Platform }},
	}, formats())
}

// Run prints the version.
func (c versionCommand) Run(inv *invocation) error {
	if c.Output == output.Table {
		b := buildOf()
		if _, err := fmt.Fprintf(inv.stdout, "milepost %s\n", b.Version); err != nil {
			return err
		}
		return output.Card(inv.stdout, versionColumns()[1:], b)
	}
	return output.Write(inv.stdout, oneObject(c.Output), 0, versionColumns(), output.One(buildOf()))
}

// oneObject is how one thing is written as JSON: as an object and no list.
func oneObject(f output.Format) output.Format {
	if f == output.JSON {
		return output.NDJSON
	}
	return f
}

// version is that of the module and, where it is known, the commit that it was built from.
func version() string {
	b := buildOf()
	if b.Commit == "" {
		return b.Version
	}
	return b.Version + " " + b.Commit
}
