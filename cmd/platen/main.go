// Command platen renders controlled documents from data and templates, and
// checks what they are made of.
//
// main.go reads the command line; each command has a file of its name; failure.go
// says what an error prints and which exit code it gives.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/dicode/platen"
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // a reader that went away is an error of writing
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := run(ctx, os.Args[1:], os.LookupEnv, streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// streams are the process's three files. Data goes to out, words for people to err.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// A cli is the whole command line.
type cli struct {
	Render    renderCmd    `cmd:"" help:"Render data with a template to PDF."`
	Finish    finishCmd    `cmd:"" help:"Stamp, describe, attach to and protect a PDF that exists."`
	Sign      signCmd      `cmd:"" help:"Sign or certify a PDF: PAdES, with time stamps and evidence."`
	Verify    verifyCmd    `cmd:"" help:"Say what the signatures of a PDF are worth."`
	Renew     renewCmd     `cmd:"" help:"Give sealed documents another time stamp before the last one can no longer be verified."`
	Copy      copyCmd      `cmd:"" help:"Issue a controlled copy of a document that is archived."`
	Copies    copiesCmd    `cmd:"" help:"List controlled copies, and register what becomes of them."`
	Serve     serveCmd     `cmd:"" help:"Serve the HTTP API, with workers."`
	Worker    workerCmd    `cmd:"" help:"Render what platen serve accepts, beside it."`
	Job       jobCmd       `cmd:"" help:"List, show, fetch, retry and cancel the jobs of a server."`
	Delivery  deliveryCmd  `cmd:"" help:"List, show and retry what a server tells webhooks."`
	Top       topCmd       `cmd:"" help:"Show queue, workers and tenants of a server as they change."`
	Lint      lintCmd      `cmd:"" help:"Check a template: syntax, paths, references, samples."`
	Contract  contractCmd  `cmd:"" help:"List, show and check data contracts."`
	Token     tokenCmd     `cmd:"" help:"Make a token for development."`
	Audit     auditCmd     `cmd:"" help:"Verify, export and follow the audit trail."`
	Keys      keysCmd      `cmd:"" help:"Look after the keys with which tenants' data is encrypted."`
	Tenant    tenantCmd    `cmd:"" help:"Show and change what a tenant has decided for all its documents."`
	Template  templateCmd  `cmd:"" help:"Publish, approve and activate the templates of a tenant."`
	Templates templatesCmd `cmd:"" help:"List the templates that Platen brings."`
	Helpers   helpersCmd   `cmd:"" help:"Show the helpers that templates can use."`
	Inspect   inspectCmd   `cmd:"" help:"Say what a PDF is: pages, fonts, tags, outline, attachments, metadata, conformance."`
	Prove     proveCmd     `cmd:"" help:"Prove that a PDF shows what its template prints of its data."`
	Baseline  baselineCmd  `cmd:"" help:"Keep golden documents, and say what has changed since."`
	Validate  validateCmd  `cmd:"" help:"Qualify an installation for a tenant: plan, execution and evidence."`
	Diff      diffCmd      `cmd:"" help:"Compare two PDFs, and say what changed."`
	Doctor    doctorCmd    `cmd:"" help:"Check browser, sandbox, fonts and storage of this machine."`
	Version   versionCmd   `cmd:"" help:"Print the version."`

	Log logFlags `embed:""`
}

const description = `Platen turns data into controlled documents.

Every flag can be set by an environment variable: --chrome-sandbox by PLATEN_CHROME_SANDBOX.

Exit codes: 0 done; 1 the data or the template was refused; 2 the command line is wrong;
3 something on this machine does not work (browser, storage, output); 4 out of time or room, try again;
130 interrupted.`

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string, env func(string) (string, bool), std streams) int {
	var c cli
	exit := -1
	parser, err := kong.New(&c,
		kong.Name("platen"),
		kong.Description(description),
		kong.Writers(std.out, std.err),
		kong.Exit(func(code int) { exit = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 110}),
		kong.Resolvers(environment(env)),
		kong.Vars{"bucket": defaultBucket(env), "master": defaultMasterKey(env), "keys": keyForms, "workers": fmt.Sprint(runtime.GOMAXPROCS(0)), "user": userName(env)},
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		return failure(std.err, err)
	}
	command, err := parser.Parse(helpArgs(args))
	if exit >= 0 { // --help has printed
		return exit
	}
	if err != nil {
		fmt.Fprintf(std.err, "platen: %v\n%s\n", err, hint(err))
		return exitUsage
	}
	log := c.Log.logger(std.err, command.Command())
	errs := c.Log.words(std.err, log, slog.LevelError)
	std.err = c.Log.words(std.err, log, slog.LevelInfo)
	return failure(errs, command.Run(std, log))
}

// helpArgs lets people write "platen help render" for "platen render --help".
func helpArgs(args []string) []string {
	switch {
	case len(args) == 0:
		return []string{"--help"}
	case args[0] == "help":
		return append(append([]string{}, args[1:]...), "--help")
	}
	return args
}

func hint(err error) string {
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil && parse.Context.Command() != "" {
		return fmt.Sprintf("Try: platen help %s", strings.Split(parse.Context.Command(), " <")[0])
	}
	return "Try: platen help"
}

// environment resolves a flag from PLATEN_<FLAG>.
func environment(env func(string) (string, bool)) kong.ResolverFunc {
	return func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		name := "PLATEN_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))
		if value, ok := env(name); ok && value != "" {
			return value, nil
		}
		return nil, nil
	}
}

// userName is who runs the command, as far as the environment says.
func userName(env func(string) (string, bool)) string {
	name, _ := env("USER")
	return name
}

type versionCmd struct{}

func (versionCmd) Run(std streams) error {
	_, err := fmt.Fprintln(std.out, platen.Version)
	return err
}
