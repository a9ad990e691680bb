package archtest

import (
	"slices"
	"strings"
)

// Imports says what some packages may import. Paths are below the module; "/..." is all below.
type Imports struct {
	Of []string
	// May lists what they may import of this module; nil is anything.
	May []string
	// Outside lists what they may import beside this module and the standard library; nil is anything.
	Outside []string
	// Never lists what they must not reach, however indirectly.
	Never []string
	Why   string
}

var imports = []Imports{
	{
		Of: []string{"domain/..."}, May: []string{"domain/..."}, Outside: []string{"golang.org/x/text/unicode/norm"},
		Why: "The domain decides what a fact comes to. It has to give the same answer in every process and in every year, so it knows nothing but the standard library, and Unicode's normal forms.",
	},
	{
		Of: []string{"eventstore"}, May: []string{"api/milepost/ledger/v1"}, Outside: []string{"google.golang.org/protobuf/..."},
		Why: "What the ledger promises is stated and checked apart from the product that stores it.",
	},
	{
		Of: []string{"eventstore/..."}, May: []string{"eventstore/...", "api/milepost/ledger/v1"},
		Why: "The ledger keeps and proves bytes. It knows no milestone, so that no change of the domain can touch what is stored.",
	},
	{
		Of: []string{"projections/..."}, May: []string{"projections/...", "domain/...", "eventstore", "api/milepost/ledger/v1", "internal/codec"},
		Why: "A read model is a fold of the ledger by the domain's own rules: with nothing else in it, it can be thrown away and comes back.",
	},
	{
		Of: []string{"internal/codec"}, May: []string{"domain/...", "eventstore", "api/milepost/ledger/v1"}, Outside: []string{"google.golang.org/protobuf/..."},
		Why: "What was stored years ago is read by this package alone, so it changes for no other reason.",
	},
	{
		Of: []string{"internal/load/rowmatch"}, May: []string{"domain/alike"}, Outside: []string{},
		Why: "Which row is which milestone is a question of what both say, and nothing else: the answer can be tried on any two lists.",
	},
	{
		Of: []string{"internal/load/fundmatch"}, May: []string{"domain/alike"}, Outside: []string{},
		Why: "Which sum is which funding line is a question of what both say, as that of rows and milestones is.",
	},
	{
		Of: []string{"internal/load/conventions"}, May: []string{"api/milepost/v1", "internal/reading/dates", "internal/reading/documents"}, Outside: []string{},
		Why: "How the dates of a plan are written is said in the same words of a document and of a return, so it is neither's own.",
	},
	{
		Of: []string{"internal/request"}, May: []string{"domain/...", "eventstore", "api/milepost/v1", "internal/reading/..."},
		Outside: []string{"google.golang.org/protobuf/..."},
		Why:     "A request is read from the message and from the settings that are handed in, and from nothing else: it comes to the same commands in every process, and a retry to the same digest.",
	},
	{
		Of: []string{"internal/replica"}, May: []string{"api/milepost/ledger/v1", "domain/...", "eventstore", "projections", "internal/codec", "internal/parties", "internal/request"},
		Outside: []string{"github.com/bits-and-blooms/bloom/v3"},
		Why:     "A replica follows the ledger whoever writes it. It knows how to read what is there and how to find a request in its index, and nothing of deciding or of callers.",
	},
	{
		Of: []string{"internal/lead"}, May: []string{}, Outside: []string{},
		Why: "Who may write is a hint to the process, and knows nothing of what is written: the fence of the ledger is what decides.",
	},
	{
		Of: []string{"internal/access/places"}, May: []string{}, Outside: []string{},
		Why: "How places are shared out is the same for connections, calls, streams and bytes: it knows holders by name, and can be tried without a server.",
	},
	{
		Of: []string{"internal/writer/quota"}, May: []string{"eventstore", "internal/access"}, Outside: []string{},
		Why: "What counts against a quota follows from the ledger and from the limits that are handed in, so that it comes to the same after every restart.",
	},
	{
		Of:    []string{"internal/writer/..."},
		Never: []string{"cmd/...", "internal/grpcserver/...", "internal/web/...", "internal/node/...", "internal/client/...", "eventstore/embedded/...", "eventstore/jetstream/...", "eventstore/cluster"},
		Why:   "The writer is handed its ledger and its replica and is called by the servers: it knows neither how it is reached nor where the bytes lie, so a test can run it on a ledger in memory.",
	},
	{
		Of:    []string{"internal/grpcserver/..."},
		Never: []string{"cmd/...", "internal/web/...", "internal/node/...", "internal/client/...", "eventstore/embedded/...", "eventstore/jetstream/...", "eventstore/cluster"},
		Why:   "The server turns calls into what the service understands, and refusals into status codes. It starts nothing.",
	},
	{
		Of:  []string{"internal/wire/..."},
		May: []string{"internal/wire/...", "projections/...", "domain/...", "api/milepost/v1"},
		Why: "A server and who checks it make an answer of what the read models know, and of nothing else: so both make the same one, and neither needs the other.",
	},
	{
		Of: []string{"internal/reading/documents"}, May: []string{"domain/civil", "domain/period", "domain/money", "internal/reading/dates", "internal/reading/headings", "internal/reading/sums"},
		Outside: []string{"github.com/xuri/excelize/v2", "go.yaml.in/yaml/v3", "golang.org/x/text/..."},
		Why:     "A document says the same whoever reads it and whenever: its reading knows the values of the domain, the readers of dates and sums, and the file formats, but no server.",
	},
	{
		Of: []string{"internal/reading/headings"}, May: []string{"domain/civil"}, Outside: []string{"golang.org/x/text/..."},
		Why: "What a column is called means the same in a plan that is imported and in a return that is pushed, so its words stand apart from both readers.",
	},
	{
		Of: []string{"internal/reading/progress"}, May: []string{}, Outside: []string{},
		Why: "Whether a status says that a milestone ended is a question of its words alone, the same for a plan and for a return.",
	},
	{
		Of: []string{"internal/reading/dates"}, May: []string{"domain/civil", "domain/period"}, Outside: []string{},
		Why: "What a date in words means is stored with the statement and never read again, so it depends on the words and on what the plan says of itself: it knows the values of the domain, and neither a plan, a server nor a file.",
	},
	{
		Of: []string{"internal/reading/sums"}, May: []string{"domain/civil", "domain/period", "domain/money", "internal/reading/dates"}, Outside: []string{},
		Why: "A sum in words is read by the same promise as a date, and its days by the reader of dates: it knows nothing else.",
	},
	{
		Of: []string{"internal/reading/rows"}, May: []string{"domain", "domain/civil", "domain/period", "internal/reading/dates", "internal/reading/headings"}, Outside: []string{"golang.org/x/text/..."},
		Why: "What a return says can be tried on any file, without a server: package returns makes requests of it and sends them.",
	},
	{
		Of:    []string{"internal/client/...", "internal/load/returns/...", "internal/load/...", "internal/output/...", "internal/web/...", "internal/rest/...", "internal/export/..."},
		Never: []string{"internal/writer/...", "internal/replica/...", "internal/request/...", "internal/grpcserver/...", "internal/node/...", "projections/...", "eventstore/..."},
		Why:   "The command line and the page are clients: they can do nothing that a customer's own program cannot do over the API.",
	},
	{
		Of: []string{"internal/web"}, May: []string{"internal/web/live", "internal/web/page", "api/milepost/v1", "internal/client", "internal/clock"}, Outside: []string{},
		Why: "The site lets visitors in and gives each address to what answers it. It does not read what a page shows, so a new page changes nothing here.",
	},
	{
		Of: []string{"internal/web/live"}, May: []string{"internal/web/page", "api/milepost/v1", "internal/client", "internal/clock"}, Outside: []string{},
		Why: "Keeping a page up to date is the same for every page: it makes the page again and sends it. It knows of nothing that is drawn, and not who may look.",
	},
	{
		Of: []string{"internal/web/file"}, May: []string{"internal/output"}, Outside: []string{"github.com/xuri/excelize/v2", "github.com/arran4/golang-ical"},
		Why: "A file is written of tables and days that are handed in, so that it can be opened and read back without a server; which rows there are, the page decides.",
	},
	{
		Of: []string{"internal/web/page"}, May: []string{"internal/web/chart", "internal/web/file", "internal/web/words", "api/milepost/v1", "internal/client", "internal/clock"},
		Outside: []string{"google.golang.org/grpc/metadata"},
		Why:     "A page follows from its address and what the API answers at one position. It does not know that it is kept up to date, or in what it is sent, so it can be made again anywhere.",
	},
	{
		Of: []string{"internal/web/chart"}, May: []string{"internal/web/words"}, Outside: []string{},
		Why: "A chart knows numbers, days and words. Without the API it can be drawn of anything, tested without a server, and used by every page.",
	},
	{
		Of: []string{"internal/web/words"}, May: []string{}, Outside: []string{},
		Why: "A day is written in the same way in every sentence, table and chart, so what writes it depends on none of them.",
	},
	{
		Of: []string{"internal/rig/authority"}, May: []string{"domain/civil"}, Outside: []string{},
		Why: "The figures are worked out a second time from the rules alone: a mistake of the product's code that it shared would be found by nobody.",
	},
	{
		Of: []string{"examples/..."}, May: []string{"api/milepost/v1"},
		Why: "An example is there to be copied into another repository, which has the API and nothing else of this one.",
	},
}

func (r Imports) check(t *Tree) (breaches []Breach) {
	for _, p := range t.Packages {
		if !matches(p.Path, r.Of) {
			continue
		}
		for _, f := range p.Files {
			if f.Test {
				continue
			}
			for _, imported := range f.Imports {
				if !r.allows(t, imported) {
					breaches = append(breaches, breach(f.Path, "imports %s", imported))
				}
			}
		}
		for _, chain := range t.reached(p) {
			if matches(chain[len(chain)-1], r.Never) {
				breaches = append(breaches, breach(p.Path, "reaches %s", strings.Join(chain[1:], " -> ")))
			}
		}
	}
	return breaches
}

func (r Imports) allows(t *Tree, imported string) bool {
	if below, ok := t.inModule(imported); ok {
		return r.May == nil || matches(below, r.May)
	}
	return standard(imported) || r.Outside == nil || matches(imported, r.Outside)
}

// standard says whether an import is of the standard library: its first element has no dot.
func standard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".")
}

// reached answers, for every package of the module that p imports directly or through others, one
// shortest way there, beginning with p.
func (t *Tree) reached(p *Package) (chains [][]string) {
	byPath := map[string]*Package{}
	for _, q := range t.Packages {
		byPath[q.Path] = q
	}
	seen := map[string]bool{p.Path: true}
	for waiting := [][]string{{p.Path}}; len(waiting) > 0; waiting = waiting[1:] {
		chain := waiting[0]
		from := byPath[chain[len(chain)-1]]
		if from == nil {
			continue
		}
		for _, f := range from.Files {
			if f.Test {
				continue
			}
			for _, imported := range f.Imports {
				below, ok := t.inModule(imported)
				if !ok || seen[below] {
					continue
				}
				seen[below] = true
				next := append(slices.Clone(chain), below)
				chains = append(chains, next)
				waiting = append(waiting, next)
			}
		}
	}
	return chains
}

// Importers says who may import some packages, tests aside.
type Importers struct {
	Of []string // below the module, or import paths from outside
	// By lists packages, or single files of a package that holds others too.
	By  []string
	Why string
}

var importers = []Importers{
	{
		Of: []string{"github.com/nats-io/..."}, By: []string{"eventstore/jetstream/...", "eventstore/embedded/...", "eventstore/cluster/...", "internal/rig/natstest", "internal/rig/fault/clustered"},
		Why: "JetStream is where the bytes lie, and nothing else may come to depend on how it answers.",
	},
	{
		Of: []string{"eventstore/embedded", "eventstore/jetstream", "eventstore/cluster"}, By: []string{"eventstore/...", "internal/node/...", "internal/backup/datadir/...", "internal/oracle/sweep", "internal/rig/bench/...", "cmd/milepost/verify.go", "cmd/milepost/cluster.go", "cmd/milepost/bench.go", "cmd/milepost/restore.go", "internal/rig/fault/clustered"},
		Why: "One place puts a process together, so that a test starts the very same thing as the command does. Only a sweep, backup and restore work on the files of a ledger where no server is, and the bench measures each part alone.",
	},
	{
		Of: []string{"github.com/xuri/..."}, By: []string{"internal/reading/documents", "internal/web/file"},
		Why: "A spreadsheet is opened in one place, which knows what it may do to the memory, the disk and the dates; and written in one other.",
	},
	{
		Of: []string{"internal/backup/datadir"}, By: []string{"cmd/milepost/backup.go", "cmd/milepost/restore.go"},
		Why: "Whoever works on a data directory has to know that no server does, and a person says so by typing the command.",
	},
	{
		Of: []string{"internal/parties/keyfile"}, By: []string{"internal/node/...", "internal/backup/datadir/...", "internal/oracle/sweep"},
		Why: "The keys of names lie beside a store. Only what puts a process together, and what works on a data directory without one, knows where.",
	},
	{
		Of: []string{"internal/grpcserver"}, By: []string{"internal/node/...", "internal/rig/bench/...", "cmd/milepost/clusterstatus.go"}, // which reads the report of /readyz
		Why: "One place puts a process together, so that a test starts the very same thing as the command does.",
	},
	{
		Of: []string{"internal/writer"}, By: []string{"internal/writer/...", "internal/grpcserver/...", "internal/node/...", "internal/rig/bench/..."},
		Why: "Whoever wants something decided asks over the API, and is authenticated there.",
	},
	{
		Of: []string{"internal/web"}, By: []string{"internal/node/..."},
		Why: "One place puts a process together. The pages are a client of it, and nobody is a client of the pages.",
	},
	{
		Of: []string{"internal/web/page", "internal/web/live", "internal/web/chart", "internal/web/file", "internal/web/words"}, By: []string{"internal/web/..."},
		Why: "The parts of the pages serve the pages. A command or another edge that needs the same numbers asks the API for them, and writes them in its own way.",
	},
	{
		Of: []string{"internal/node"}, By: []string{"cmd/milepost/serve.go", "cmd/milepost/demo.go", "cmd/milepost/cluster.go", "cmd/milepost/clusternodes.go", "internal/rig/bench/..."},
		Why: "Only the commands that run a server may hold one; every other command is a client with no privilege that a customer lacks.",
	},
	{
		Of: []string{"internal/rest/...", "github.com/grpc-ecosystem/grpc-gateway/..."}, By: []string{"internal/rest/...", "internal/node/..."},
		Why: "REST is a client of the server, and nobody is a client of it in Go: a program that imports the API does not carry a gateway.",
	},
	{
		Of: []string{"internal/observe/logs"}, By: []string{"internal/observe/metrics", "internal/grpcserver/...", "cmd/milepost/serve.go", "cmd/milepost/backup.go", "cmd/milepost/restore.go", "internal/observe/accesslog", "internal/node/accesslog.go"},
		Why: "How a log is written is decided where the process starts. Every other package is handed a *slog.Logger, and a call is logged where it ends.",
	},
	{
		Of: []string{"internal/observe/metrics", "github.com/prometheus/..."}, By: []string{"internal/observe/metrics/...", "internal/node/..."},
		Why: "The node tells one package what to count, in terms of calls, commits and states. Nothing that decides knows that it is measured, so another system of metrics changes nothing else.",
	},
	{
		Of: []string{"internal/observe/traces", "go.opentelemetry.io/..."}, By: []string{"internal/observe/traces/...", "internal/node/...", "cmd/milepost/serve.go"},
		Why: "Spans are made in one package, from calls and commits. Nothing that decides knows that it is traced, and one reading of that package shows that no name and nothing stated gets into a span.",
	},
	{
		Of: []string{"internal/export", "modernc.org/..."}, By: []string{"internal/export/...", "cmd/milepost/export.go"},
		Why: "SQLite is a file that is handed over, and never what a question is answered from.",
	},
	{
		Of: []string{"internal/rig/spectext"}, By: []string{},
		Why: "The notation of the specs is equipment of tests: no command is read by it, so that it may change whenever a spec reads better for it.",
	},
	{
		Of: []string{"internal/rig/natstest"}, By: []string{},
		Why: "A cluster that a test may stop and empty is equipment of tests.",
	},
	{
		Of: []string{"internal/rig/authority"}, By: []string{},
		Why: "The second account of the figures is there to be compared with, in tests: an answer that came from it would be compared with itself.",
	},
	{
		Of: []string{"internal/rig/hostile"}, By: []string{},
		Why: "What attacks a server is equipment of tests: no client of ours speaks like that.",
	},
	{
		Of: []string{"internal/rig/fault/disk", "github.com/hanwen/go-fuse/..."}, By: []string{"internal/rig/fault/..."},
		Why: "A disk that fails on purpose is equipment of tests: nothing that a customer runs may be able to reach it.",
	},
}

func (r Importers) check(t *Tree) (breaches []Breach) {
	for f := range t.Files {
		if f.Test || matches(f.Package.Path, r.By) || matches(f.Path, r.By) {
			continue
		}
		for _, imported := range f.Imports {
			name := imported
			if below, ok := t.inModule(imported); ok {
				name = below
			}
			if matches(name, r.Of) {
				breaches = append(breaches, breach(f.Path, "imports %s", imported))
			}
		}
	}
	return breaches
}
