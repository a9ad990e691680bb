package archtest

import (
	"fmt"
	"strings"
)

// examples break each rule, beside something much like it that keeps to it.
var examples = []example{
	{
		rule: "imports of domain/...",
		module: `
-- domain/milestone/decide.go --
package milestone

import (
	"slices"

	"google.golang.org/protobuf/proto"

	"milepost.dev/domain/period"
	"milepost.dev/internal/codec"
)
-- domain/milestone/decide_test.go --
package milestone

import "pgregory.net/rapid"
`,
		breaches: []string{
			"domain/milestone/decide.go: imports google.golang.org/protobuf/proto",
			"domain/milestone/decide.go: imports milepost.dev/internal/codec",
		},
	},
	{
		rule: "imports of eventstore",
		module: `
-- eventstore/log.go --
package eventstore

import (
	"github.com/nats-io/nats.go"
	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
)
`,
		breaches: []string{"eventstore/log.go: imports github.com/nats-io/nats.go"},
	},
	{
		rule: "imports of eventstore/...",
		module: `
-- eventstore/memory/memory.go --
package memory

import (
	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore"
)
`,
		breaches: []string{"eventstore/memory/memory.go: imports milepost.dev/domain/milestone"},
	},
	{
		rule: "imports of projections/...",
		module: `
-- projections/status/status.go --
package status

import (
	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/jetstream"
	"milepost.dev/internal/writer"
)
`,
		breaches: []string{
			"projections/status/status.go: imports milepost.dev/eventstore/jetstream",
			"projections/status/status.go: imports milepost.dev/internal/writer",
		},
	},
	{
		rule: "imports of internal/codec",
		module: `
-- internal/codec/codec.go --
package codec

import (
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
)
`,
		breaches: []string{"internal/codec/codec.go: imports milepost.dev/projections"},
	},
	{
		rule: "imports of internal/load/rowmatch",
		module: `
-- internal/load/rowmatch/match.go --
package rowmatch

import (
	"golang.org/x/text/cases"
	"milepost.dev/domain/milestone"
)
`,
		breaches: []string{
			"internal/load/rowmatch/match.go: imports golang.org/x/text/cases",
			"internal/load/rowmatch/match.go: imports milepost.dev/domain/milestone",
		},
	},
	{
		rule: "imports of internal/load/fundmatch",
		module: `
-- internal/load/fundmatch/match.go --
package fundmatch

import "milepost.dev/internal/reading/documents"
`,
		breaches: []string{"internal/load/fundmatch/match.go: imports milepost.dev/internal/reading/documents"},
	},
	{
		rule: "imports of internal/load/conventions",
		module: `
-- internal/load/conventions/conventions.go --
package conventions

import "milepost.dev/internal/client"
`,
		breaches: []string{"internal/load/conventions/conventions.go: imports milepost.dev/internal/client"},
	},
	{
		rule: "imports of internal/request",
		module: `
-- internal/request/read.go --
package request

import (
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
)
`,
		breaches: []string{"internal/request/read.go: imports milepost.dev/projections"},
	},
	{
		rule: "imports of internal/replica",
		module: `
-- internal/replica/follow.go --
package replica

import (
	"github.com/bits-and-blooms/bloom/v3"
	"github.com/nats-io/nats.go"

	"milepost.dev/eventstore"
	"milepost.dev/internal/writer"
)
`,
		breaches: []string{
			"internal/replica/follow.go: imports github.com/nats-io/nats.go",
			"internal/replica/follow.go: imports milepost.dev/internal/writer",
		},
	},
	{
		rule: "imports of internal/lead",
		module: `
-- internal/lead/lead.go --
package lead

import "milepost.dev/eventstore"
`,
		breaches: []string{"internal/lead/lead.go: imports milepost.dev/eventstore"},
	},
	{
		rule: "imports of internal/access/places",
		module: `
-- internal/access/places/places.go --
package places

import "milepost.dev/internal/access"
`,
		breaches: []string{"internal/access/places/places.go: imports milepost.dev/internal/access"},
	},
	{
		rule: "imports of internal/writer/quota",
		module: `
-- internal/writer/quota/quota.go --
package quota

import "milepost.dev/internal/clock"
`,
		breaches: []string{"internal/writer/quota/quota.go: imports milepost.dev/internal/clock"},
	},
	{
		rule: "imports of internal/writer/...",
		module: `
-- internal/writer/writer.go --
package writer

import "milepost.dev/internal/parties"
-- internal/parties/parties.go --
package parties

import "milepost.dev/eventstore/jetstream"
`,
		breaches: []string{"internal/writer: reaches internal/parties -> eventstore/jetstream"},
	},
	{
		rule: "imports of internal/grpcserver/...",
		module: `
-- internal/grpcserver/server.go --
package grpcserver

import (
	"milepost.dev/internal/node"
	"milepost.dev/internal/writer"
)
`,
		breaches: []string{"internal/grpcserver: reaches internal/node"},
	},
	{
		rule: "imports of internal/client/...",
		module: `
-- internal/load/returns/push.go --
package returns

import (
	"milepost.dev/domain/period"
	"milepost.dev/internal/client"
	"milepost.dev/internal/reading/rows"
)
-- internal/client/client.go --
package client

import "milepost.dev/projections/status"
`,
		breaches: []string{
			"internal/client: reaches projections/status",
			"internal/load/returns: reaches internal/client -> projections/status",
		},
	},
	{
		rule: "imports of internal/wire/...",
		module: `
-- internal/wire/questions/list.go --
package questions

import (
	"milepost.dev/internal/access"
	"milepost.dev/projections/owners"
)
`,
		breaches: []string{"internal/wire/questions/list.go: imports milepost.dev/internal/access"},
	},
	{
		rule: "imports of internal/reading/documents",
		module: `
-- internal/reading/documents/import.go --
package documents

import (
	"github.com/xuri/excelize/v2"

	"milepost.dev/domain/period"
	"milepost.dev/internal/client"
	"milepost.dev/internal/reading/dates"
)
`,
		breaches: []string{"internal/reading/documents/import.go: imports milepost.dev/internal/client"},
	},
	{
		rule: "imports of internal/reading/headings",
		module: `
-- internal/reading/headings/headings.go --
package headings

import (
	"milepost.dev/domain/civil"
	"milepost.dev/internal/reading/documents"
)
`,
		breaches: []string{"internal/reading/headings/headings.go: imports milepost.dev/internal/reading/documents"},
	},
	{
		rule: "imports of internal/reading/progress",
		module: `
-- internal/reading/progress/progress.go --
package progress

import "milepost.dev/domain/milestone"
`,
		breaches: []string{"internal/reading/progress/progress.go: imports milepost.dev/domain/milestone"},
	},
	{
		rule: "imports of internal/reading/dates",
		module: `
-- internal/reading/dates/words.go --
package dates

import (
	"strings"

	"golang.org/x/text/cases"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
)
`,
		breaches: []string{
			"internal/reading/dates/words.go: imports golang.org/x/text/cases",
			"internal/reading/dates/words.go: imports milepost.dev/domain/milestone",
		},
	},
	{
		rule: "imports of internal/reading/sums",
		module: `
-- internal/reading/sums/dates.go --
package sums

import (
	"milepost.dev/domain/funding"
	"milepost.dev/domain/money"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/documents"
)
`,
		breaches: []string{
			"internal/reading/sums/dates.go: imports milepost.dev/domain/funding",
			"internal/reading/sums/dates.go: imports milepost.dev/internal/reading/documents",
		},
	},
	{
		rule: "imports of internal/reading/rows",
		module: `
-- internal/reading/rows/row.go --
package rows

import (
	"milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/period"
	"milepost.dev/internal/client"
)
`,
		breaches: []string{
			"internal/reading/rows/row.go: imports milepost.dev/api/milepost/v1",
			"internal/reading/rows/row.go: imports milepost.dev/internal/client",
		},
	},
	{
		rule: "importers of github.com/xuri/...",
		module: `
-- internal/reading/documents/xlsx.go --
package documents

import "github.com/xuri/excelize/v2"
-- internal/reading/rows/sheet.go --
package rows

import "github.com/xuri/excelize/v2"
`,
		breaches: []string{"internal/reading/rows/sheet.go: imports github.com/xuri/excelize/v2"},
	},
	{
		rule: "importers of internal/parties/keyfile",
		module: `
-- internal/oracle/sweep/sweep.go --
package sweep

import "milepost.dev/internal/parties/keyfile"
-- internal/writer/writer.go --
package writer

import "milepost.dev/internal/parties/keyfile"
`,
		breaches: []string{"internal/writer/writer.go: imports milepost.dev/internal/parties/keyfile"},
	},
	{
		rule: "imports of internal/rig/authority",
		module: `
-- internal/rig/authority/first.go --
package authority

import (
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
)
-- internal/rig/authority/authority_test.go --
package authority

import "pgregory.net/rapid"
`,
		breaches: []string{"internal/rig/authority/first.go: imports milepost.dev/domain/milestone"},
	},
	{
		rule: "imports of examples/...",
		module: `
-- examples/reporter/main.go --
package main

import (
	"google.golang.org/grpc"
	"milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
)
`,
		breaches: []string{"examples/reporter/main.go: imports milepost.dev/internal/client"},
	},
	{
		rule: "importers of internal/rest/...",
		module: `
-- internal/rest/own.go --
package own

import "milepost.dev/internal/rest"
-- internal/client/client.go --
package client

import "milepost.dev/internal/rest"
`,
		breaches: []string{"internal/client/client.go: imports milepost.dev/internal/rest"},
	},
	{
		rule: "importers of internal/observe/metrics",
		module: `
-- internal/observe/metrics/own.go --
package own

import "github.com/prometheus/client_golang/prometheus"
-- internal/writer/loop.go --
package service

import "github.com/prometheus/client_golang/prometheus"
`,
		breaches: []string{"internal/writer/loop.go: imports github.com/prometheus/client_golang/prometheus"},
	},
	{
		rule: "importers of internal/observe/traces",
		module: `
-- internal/observe/traces/own.go --
package own

import "go.opentelemetry.io/otel/trace"
-- internal/writer/loop.go --
package service

import "go.opentelemetry.io/otel/trace"
`,
		breaches: []string{"internal/writer/loop.go: imports go.opentelemetry.io/otel/trace"},
	},
	{
		rule: "importers of internal/export",
		module: `
-- internal/export/own.go --
package own

import "modernc.org/sqlite"
-- internal/node/node.go --
package node

import "modernc.org/sqlite"
`,
		breaches: []string{"internal/node/node.go: imports modernc.org/sqlite"},
	},
	{
		rule: "importers of github.com/nats-io/...",
		module: `
-- eventstore/jetstream/log.go --
package jetstream

import "github.com/nats-io/nats.go"
-- internal/writer/writer.go --
package writer

import "github.com/nats-io/nats.go/jetstream"
-- internal/writer/writer_test.go --
package service

import "github.com/nats-io/nats.go"
`,
		breaches: []string{"internal/writer/writer.go: imports github.com/nats-io/nats.go/jetstream"},
	},
	{
		rule: "importers of eventstore/embedded",
		module: `
-- internal/node/node.go --
package node

import "milepost.dev/eventstore/embedded"
-- cmd/milepost/serve.go --
package main

import "milepost.dev/eventstore/embedded"
`,
		breaches: []string{"cmd/milepost/serve.go: imports milepost.dev/eventstore/embedded"},
	},
	{
		rule: "importers of internal/backup/datadir",
		module: `
-- cmd/milepost/restore.go --
package main

import "milepost.dev/internal/backup/datadir"
-- cmd/milepost/serve.go --
package main

import "milepost.dev/internal/backup/datadir"
`,
		breaches: []string{"cmd/milepost/serve.go: imports milepost.dev/internal/backup/datadir"},
	},
	{
		rule: "importers of internal/grpcserver",
		module: `
-- cmd/milepost/serve.go --
package main

import "milepost.dev/internal/grpcserver"
`,
		breaches: []string{"cmd/milepost/serve.go: imports milepost.dev/internal/grpcserver"},
	},
	{
		rule: "importers of internal/writer",
		module: `
-- cmd/milepost/push.go --
package main

import "milepost.dev/internal/writer"
`,
		breaches: []string{"cmd/milepost/push.go: imports milepost.dev/internal/writer"},
	},
	{
		rule: "importers of internal/web",
		module: `
-- internal/node/pages.go --
package node

import "milepost.dev/internal/web"
-- cmd/milepost/serve.go --
package main

import "milepost.dev/internal/web"
`,
		breaches: []string{"cmd/milepost/serve.go: imports milepost.dev/internal/web"},
	},
	{
		rule: "importers of internal/web/page",
		module: `
-- internal/web/live/keep.go --
package live

import "milepost.dev/internal/web/page"
-- internal/export/tables.go --
package export

import "milepost.dev/internal/web/words"
`,
		breaches: []string{"internal/export/tables.go: imports milepost.dev/internal/web/words"},
	},
	{
		rule: "imports of internal/web",
		module: `
-- internal/web/server.go --
package web

import (
	"net/http"

	"milepost.dev/internal/web/chart"
	"milepost.dev/internal/web/live"
	"milepost.dev/internal/web/page"
)
`,
		breaches: []string{"internal/web/server.go: imports milepost.dev/internal/web/chart"},
	},
	{
		rule: "imports of internal/web/live",
		module: `
-- internal/web/live/stream.go --
package live

import (
	"milepost.dev/internal/web"
	"milepost.dev/internal/web/page"
)
`,
		breaches: []string{"internal/web/live/stream.go: imports milepost.dev/internal/web"},
	},
	{
		rule: "imports of internal/web/page",
		module: `
-- internal/web/page/plan.go --
package page

import (
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/chart"
	"milepost.dev/internal/web/live"
)
`,
		breaches: []string{
			"internal/web/page/plan.go: imports google.golang.org/grpc",
			"internal/web/page/plan.go: imports milepost.dev/internal/web/live",
		},
	},
	{
		rule: "imports of internal/web/chart",
		module: `
-- internal/web/chart/trend.go --
package chart

import (
	"html/template"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/words"
)
`,
		breaches: []string{"internal/web/chart/trend.go: imports milepost.dev/api/milepost/v1"},
	},
	{
		rule: "imports of internal/web/file",
		module: `
-- internal/web/file/table.go --
package file

import (
	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)
`,
		breaches: []string{"internal/web/file/table.go: imports milepost.dev/api/milepost/v1"},
	},
	{
		rule: "imports of internal/web/words",
		module: `
-- internal/web/words/words.go --
package words

import "milepost.dev/domain/milestone"
`,
		breaches: []string{"internal/web/words/words.go: imports milepost.dev/domain/milestone"},
	},
	{
		rule: "importers of internal/observe/logs",
		module: `
-- internal/grpcserver/calls.go --
package grpcserver

import "milepost.dev/internal/observe/logs"
-- internal/writer/loop.go --
package service

import "milepost.dev/internal/observe/logs"
`,
		breaches: []string{"internal/writer/loop.go: imports milepost.dev/internal/observe/logs"},
	},
	{
		rule: "importers of internal/node",
		module: `
-- cmd/milepost/serve.go --
package main

import "milepost.dev/internal/node"
-- cmd/milepost/push.go --
package main

import "milepost.dev/internal/node"
`,
		breaches: []string{"cmd/milepost/push.go: imports milepost.dev/internal/node"},
	},
	{
		rule: "importers of internal/rig/spectext",
		module: `
-- domain/decide/spec_test.go --
package decide

import "milepost.dev/internal/rig/spectext"
-- internal/request/read.go --
package service

import "milepost.dev/internal/rig/spectext"
`,
		breaches: []string{"internal/request/read.go: imports milepost.dev/internal/rig/spectext"},
	},
	{
		rule: "importers of internal/rig/authority",
		module: `
-- projections/status/oracle_test.go --
package status

import "milepost.dev/internal/rig/authority"
-- projections/status/status.go --
package status

import "milepost.dev/internal/rig/authority"
`,
		breaches: []string{"projections/status/status.go: imports milepost.dev/internal/rig/authority"},
	},
	{
		rule: "importers of internal/rig/hostile",
		module: `
-- internal/node/strangers_test.go --
package node

import "milepost.dev/internal/rig/hostile"
-- internal/node/node.go --
package node

import "milepost.dev/internal/rig/hostile"
`,
		breaches: []string{"internal/node/node.go: imports milepost.dev/internal/rig/hostile"},
	},
	{
		rule: "importers of internal/rig/natstest",
		module: `
-- internal/node/cluster_test.go --
package node

import "milepost.dev/internal/rig/natstest"
-- internal/node/node.go --
package node

import "milepost.dev/internal/rig/natstest"
`,
		breaches: []string{"internal/node/node.go: imports milepost.dev/internal/rig/natstest"},
	},
	{
		rule: "importers of internal/rig/fault/disk",
		module: `
-- internal/rig/fault/fault.go --
package fault

import "milepost.dev/internal/rig/fault/disk"
-- internal/rig/fault/disk/mount.go --
package disk

import "github.com/hanwen/go-fuse/v2/fuse"
-- internal/node/node_test.go --
package node

import "milepost.dev/internal/rig/fault/disk"
-- internal/node/node.go --
package node

import (
	"github.com/hanwen/go-fuse/v2/fuse"

	"milepost.dev/internal/rig/fault/disk"
)
`,
		breaches: []string{
			"internal/node/node.go: imports github.com/hanwen/go-fuse/v2/fuse",
			"internal/node/node.go: imports milepost.dev/internal/rig/fault/disk",
		},
	},
	{
		rule: "calls of time.Now",
		module: `
-- domain/x.go --
package domain

import clock "time"

var now = clock.Now
-- domain/y.go --
package domain

func f(time interface{ Now() int }) int { return time.Now() }
-- domain/x_test.go --
package domain

import "time"

var then = time.Now()
-- internal/clock/clock.go --
package clock

import "time"

func Now() time.Time { return time.Now() }
`,
		breaches: []string{"domain/x.go:5: uses time.Now"},
	},
	{
		rule: "calls of math/rand.*",
		module: `
-- domain/x.go --
package domain

import "math/rand"

func f() int { return rand.Int() }
`,
		breaches: []string{"domain/x.go:5: uses math/rand.Int"},
	},
	{
		rule: "calls of math/rand/v2.*",
		module: `
-- domain/x.go --
package domain

import "math/rand/v2"

func f() int { return rand.N(3) }
`,
		breaches: []string{"domain/x.go:5: uses math/rand/v2.N"},
	},
	{
		rule: "calls of crypto/rand.*",
		module: `
-- domain/x.go --
package domain

import "crypto/rand"

func f() string { return rand.Text() }
`,
		breaches: []string{"domain/x.go:5: uses crypto/rand.Text"},
	},
	{
		rule: "calls of github.com/oklog/ulid/v2.Make",
		module: `
-- domain/x.go --
package domain

import "github.com/oklog/ulid/v2"

func f() ulid.ULID { return ulid.Make() }
`,
		breaches: []string{"domain/x.go:5: uses github.com/oklog/ulid/v2.Make"},
	},
	{
		rule: "calls of os.Getenv",
		module: `
-- internal/writer/x.go --
package service

import "os"

func f() string { _ = os.Args; return os.Getenv("MILEPOST_SERVER") }
`,
		breaches: []string{"internal/writer/x.go:5: uses os.Getenv"},
	},
	{
		rule: "calls of time.Sleep",
		module: `
-- domain/x_test.go --
package domain

import "time"

func f() { time.Sleep(time.Second) }
`,
		breaches: []string{"domain/x_test.go:5: uses time.Sleep"},
	},
	{
		rule: "panics",
		module: `
-- domain/x.go --
package domain

func f(i int) {
	if i < 0 {
		panic("negative")
	}
	if i > 9 {
		// unreachable: the parser reads one digit
		panic("not a digit")
	}
	panic(i) // panics: main catches it
}
-- domain/x_test.go --
package domain

func g() { panic("in a test") }
-- domain/x.pb.go --
// Code generated by protoc-gen-go. DO NOT EDIT.

package domain

func h() { panic("generated") }
`,
		breaches: []string{"domain/x.go:5: panics without `// unreachable: why` or `// panics: why`"},
	},
	{
		rule: "globals",
		module: `
-- domain/x.go --
package domain

import (
	_ "embed"
	"errors"
	"regexp"
	"sync"
)

var (
	errGone = errors.New("gone")
	word    = regexp.MustCompile("a")
	months  = map[string]int{"jan": 1}
	quarter = []string{"Q1", row()}
	first   = name("Q1")
	_ error = nil

	count  int
	lock   = sync.Mutex{}
	cache  = make(map[string]int)
	config = &struct{ A int }{1}
	errOld = &gone{}
	server = dial()
)

//go:embed x.txt
var text string

type name string

type gone struct{ error }

func dial() func() { return nil }

func f() {
	quarter := []string{}
	quarter[0] = "Q2"
	months["feb"] = 2
}
-- domain/y.go --
package domain

func g() { word = nil }
`,
		breaches: []string{
			"domain/x.go:18: var count has no value, so somebody sets it later",
			"domain/x.go:19: var lock holds a lock",
			"domain/x.go:20: var cache is made by a call that is not known to be harmless",
			"domain/x.go:21: var config is a pointer",
			"domain/x.go:23: var server is made by a call that is not known to be harmless",
			"domain/x.go:38: writes to var months",
			"domain/y.go:3: writes to var word",
		},
	},
	{
		rule: "error texts",
		module: `
-- domain/x.go --
package domain

import "strings"

func f(err error, s string) bool {
	switch err.Error() {
	case "gone":
	}
	return strings.Contains(err.Error(), "gone") || err.Error() == "gone" || strings.Contains(s, "gone")
}
`,
		breaches: []string{
			"domain/x.go:6: switches on the text of an error",
			"domain/x.go:9: matches the text of an error",
			"domain/x.go:9: compares the text of an error",
		},
	},
	{
		rule: "names",
		module: `
-- internal/dateutil/x.go --
package dateutil
-- internal/node/x.go --
package node

type ConnManager struct{}
type Connections struct{}
`,
		breaches: []string{
			"internal/dateutil: package dateutil",
			"internal/node/x.go:3: type ConnManager",
		},
	},
	{
		rule: "package comments",
		module: `
-- domain/doc.go --
// Package domain has a comment.
package domain
-- domain/x.go --
package domain
-- internal/node/x.go --
package node
`,
		breaches: []string{"internal/node: no file has a comment above its package clause"},
	},
	{
		rule:     "folders",
		module:   manyFolders(),
		breaches: []string{"internal: has 23 folders; the limit is 22"},
	},
	{
		rule:   "file lengths",
		module: "\n-- domain/x.go --\npackage domain\n" + strings.Repeat("\n", 450) + "\n-- domain/x_test.go --\npackage domain\n" + strings.Repeat("\n", 460),
		breaches: []string{
			"domain/x.go: has 452 lines; the limit is 450",
		},
	},
	{
		rule: "branches",
		module: "\n-- internal/reading/dates/x.go --\npackage dates\n\nfunc one(n int) {\n" + strings.Repeat("\tif n > 0 && n < 9 {\n\t}\n", 15) + "}\n\n" +
			"func two(n int) {\n" + strings.Repeat("\tfor n > 0 || n < 9 {\n\t}\n", 15) + "\tswitch n {\n\tcase 1:\n\tdefault:\n\t}\n}\n\n" +
			"func three(n int) {\n" + strings.Repeat("\tif n > 0 {\n\t}\n", 35) + "}\n\nfunc four() {\n}\n\n" +
			"func five(n int) {\n" + strings.Repeat("\tif n > 0 {\n\t}\n", 35) + "}\n" +
			"\n-- internal/node/x.go --\npackage node\n\nfunc one(n int) {\n" + strings.Repeat("\tif n > 0 {\n\t}\n", 40) + "}\n",
		check: func(t *Tree) []Breach {
			return branches(t, map[string]int{"internal/reading/dates.three": 35, "internal/reading/dates.four": 40, "internal/reading/dates.five": 36, "internal/reading/dates.six": 50, "internal/reading/sums.one": 50})
		},
		breaches: []string{
			"internal/reading/dates/x.go:36: two has 31 branches; the limit is 30",
			"internal/reading/dates/x.go:146: four may have 40 branches, and has 0: it needs no exception",
			"internal/reading/dates/x.go:149: five may have 36 branches, and has 35: lower the number",
			"internal/reading/dates.six: may have 50 branches, and is gone",
		},
	},
	{
		rule:   "figures",
		module: "\n-- internal/web/page/x.go --\npackage page\n\nfunc slip(a, b day) int { return a.DaysUntil(b) }\n\n-- domain/figures/x.go --\npackage figures\n\nfunc slip(a, b day) int { return a.DaysUntil(b) }\n",
		breaches: []string{
			"internal/web/page/x.go:3: DaysUntil: only domain/figures says how a milestone slipped",
		},
	},
	{
		rule: "dependencies",
		module: `
-- go.mod --
module milepost.dev

require (
	github.com/a/one v1.0.0
	github.com/a/two v1.2.0
	github.com/a/two/sub/v2 v2.0.0 // indirect
	github.com/a/unused v1.0.0
)
-- tools/go.mod --
module milepost.dev/tools

require example.com/linter v0.1.0 // indirect
-- docs/dependencies.md --
| module | version | why |
|---|---|---|
| ` + "`github.com/a/two` | v1.1.0 | reads twos |\n| `github.com/a/gone` | v1.1.0 | was used once |\n| `example.com/linter` | v0.1.0 | finds mistakes |" + `
-- domain/x_test.go --
package domain

import (
	"github.com/a/one/inner"
	"github.com/a/two"
	"github.com/a/two/sub/v2/inner"
)
`,
		breaches: []string{
			"docs/dependencies.md: explains github.com/a/gone v1.1.0, which no go.mod asks for",
			"docs/dependencies.md: explains github.com/a/two v1.1.0, which no go.mod asks for",
			"docs/dependencies.md: has no row for github.com/a/one v1.0.0",
			"docs/dependencies.md: has no row for github.com/a/two/sub/v2 v2.0.0",
		},
	},
	{
		rule: "allowances",
		module: `
-- internal/clock/clock.go --
package clock

import "time"

func Now() time.Time { return time.Now() }
-- internal/node/node.go --
package node
`,
		check: func(t *Tree) []Breach {
			return stale(t, []Ambient{{
				Package: "time", Names: []string{"Now"},
				Allowed: []Allowance{{In: "internal/clock"}, {In: "internal/node"}},
			}}, map[string]longFile{"internal/node/node.go": {Lines: 500}})
		},
		breaches: []string{
			"internal/node: may use time.Now, and does not",
			"internal/node/node.go: may have 500 lines, and has 2",
		},
	},
}

// manyFolders is a module with one folder too many in internal, and others that do not count.
func manyFolders() string {
	var b strings.Builder
	for i := range maxFolders + 1 {
		fmt.Fprintf(&b, "\n-- internal/p%d/x.go --\npackage p%d\n-- internal/p%d/below/x.go --\npackage below\n", i, i, i)
	}
	return b.String()
}
