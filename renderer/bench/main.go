// Command bench compares Platen with bare Chrome and with pdfcpu, in one run and
// turn by turn, since the machines it runs on are shared and drift. It prints
// Markdown tables to stdout, as they stand in docs/benchmarks.md, and its progress
// to stderr. When a bar is missed, the figure is bold, the list at the end names
// it, and the exit code is 1.
//
//	go run ./renderer/bench                                # all of it, about twenty minutes
//	go run ./renderer/bench -only=pipeline,memory -rounds=0.2
//
// Each part has a file: compare.go (pipeline; stages in stages.go), throughput.go,
// memory.go, pdf.go, service.go, fair.go (and flood.go), library.go, preview.go. Bare Chrome is in bare.go, the
// pipeline in pipeline.go, pdfcpu in finish.go, the service in modes.go. What needs a
// process of its own is a child, in child.go.
package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

// A bench is one run of this command.
type bench struct {
	data      string   // folder of the records
	noSandbox bool     // run the browsers without their sandbox
	rounds    float64  // how many times the usual rounds
	only      []string // parts
	folder    string   // temporary, of this run
	report
}

// A part is one that -only can choose. Two names are one part when the same turns
// give the figures of both.
type part struct {
	names []string
	run   func(*bench, context.Context) error
}

var parts = []part{
	{[]string{"pipeline", "stages"}, (*bench).compare},
	{[]string{"throughput"}, (*bench).throughput},
	{[]string{"memory"}, (*bench).memory},
	{[]string{"pdf"}, (*bench).pdf},
	{[]string{"preview"}, (*bench).preview},
	{[]string{"service"}, (*bench).service},
	{[]string{"fair"}, (*bench).fair},
	{[]string{"library"}, (*bench).library},
}

func main() {
	b := &bench{report: report{w: os.Stdout}}
	flag.StringVar(&b.data, "data", "testdata/data", "folder of the records")
	flag.BoolVar(&b.noSandbox, "no-sandbox", os.Geteuid() == 0, "run the browser without its sandbox, as root must")
	flag.Float64Var(&b.rounds, "rounds", 1, "how many times the usual rounds, as in 0.2 for a quick look")
	only := flag.String("only", "", "parts to run, with commas: "+strings.Join(partNames(), ", ")+"; empty: all")
	child := flag.String("child", "", "what a child process of this command does; for its own use")
	flag.Parse()
	b.only = strings.FieldsFunc(*only, func(r rune) bool { return r == ',' || r == ' ' })

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	run := b.run
	if *child != "" {
		run = func(ctx context.Context) error { return b.runChild(ctx, *child, flag.Args()) }
	}
	err := b.withFolder(ctx, run)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// withFolder runs f with a temporary folder.
func (b *bench) withFolder(ctx context.Context, f func(context.Context) error) (err error) {
	if b.folder, err = os.MkdirTemp("", "platen-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.folder)
	return f(ctx)
}

func (b *bench) run(ctx context.Context) error {
	for _, name := range b.only {
		if !slices.Contains(partNames(), name) {
			return fmt.Errorf("-only=%s: there is no such part: want %s", name, strings.Join(partNames(), ", "))
		}
	}
	line, err := machine(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(b.w, line)
	for _, p := range parts {
		if !slices.ContainsFunc(p.names, b.wants) {
			continue
		}
		if err := p.run(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", p.names[0], err)
		}
	}
	return b.verdict()
}

func partNames() (names []string) {
	for _, p := range parts {
		names = append(names, p.names...)
	}
	return names
}

// wants reports whether a part is to run.
func (b *bench) wants(name string) bool { return len(b.only) == 0 || slices.Contains(b.only, name) }

// times scales a usual number of rounds.
func (b *bench) times(usual int) int { return max(1, int(math.Round(b.rounds*float64(usual)))) }

// record returns one of the records.
func (b *bench) record(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(b.data, name+".json"))
}
