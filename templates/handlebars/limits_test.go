package handlebars_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates/handlebars"
)

func TestLimits(t *testing.T) {
	long := `{"l":[` + strings.Repeat("1,", 999) + `1]}`
	for _, c := range []struct {
		name, template, data string
		limits               handlebars.Limits
		want                 string
	}{
		{"source", "12345", "", handlebars.Limits{Source: 4}, "the template has 5 bytes, the limit is 4"},
		{"steps in a loop", "{{#each l}}{{#each ../l}}x{{/each}}{{/each}}", long, handlebars.Limits{Steps: 10_000}, "more than 10000 steps"},
		{"steps in empty loops", "{{#each l}}{{#each ../l}}{{/each}}{{/each}}", long, handlebars.Limits{Steps: 10_000}, "more than 10000 steps"},
		{"steps in helpers that get lists", "{{#each l}}{{#if (list ../l)}}{{/if}}{{/each}}", long, handlebars.Limits{Steps: 100_000}, "more than 100000 steps"},
		{"steps in helpers that get lists by name", "{{#each l}}{{show a=../l}}{{/each}}", long, handlebars.Limits{Steps: 100_000}, "more than 100000 steps"},
		{"steps in helpers that get text", "{{#each l}}{{#if (list ../t)}}{{/if}}{{/each}}", `{"t":"` + strings.Repeat("x", 16_000) + `",` + long[1:], handlebars.Limits{Steps: 100_000}, "more than 100000 steps"},
		{"output", "{{#each l}}{{.}}{{/each}}", long, handlebars.Limits{Output: 999}, "the output is larger than 999 bytes"},
		{"output of one text", "123456", "", handlebars.Limits{Output: 5}, "the output is larger than 5 bytes"},
		{"blocks in the source", strings.Repeat("{{#if 1}}", 9) + strings.Repeat("{{/if}}", 9), "", handlebars.Limits{Depth: 8}, "nested deeper than 8"},
		{"parentheses", "{{a " + strings.Repeat("(a ", 100_000), "", handlebars.Limits{}, "nested deeper than 256"},
		{"else chain", "{{#if 0}}" + strings.Repeat("{{else if 0}}", 20_000) + "{{/if}}", "", handlebars.Limits{Depth: 1 << 30}, "nested deeper than 10000"},
		{"partial in itself", "{{> self}}", "", handlebars.Limits{}, "nested deeper than 256"},
		{"partial in itself, far", "{{> self}}", "", handlebars.Limits{Depth: 1 << 30}, "nested deeper than 10000"},
		{"inline partial in itself", `{{#*inline "x"}}{{> x}}{{/inline}}{{> x}}`, "", handlebars.Limits{}, "nested deeper than 256"},
		{"partial block in itself", `{{> loop}}`, "", handlebars.Limits{}, "nested deeper than 256"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := fillWithin(t, t.Context(), c.template, c.data, c.limits)
			var at *handlebars.Error
			if !errors.As(err, &at) || !strings.Contains(at.Msg, c.want) || platen.KindOf(err) != platen.Invalid {
				t.Fatalf("error %.300v, want an Invalid *Error with %q", err, c.want)
			}
		})
	}
}

// fillWithin fills a template with partials that call themselves.
func fillWithin(t *testing.T, ctx context.Context, template, data string, limits handlebars.Limits) (string, error) {
	t.Helper()
	tpl, err := handlebars.Parse("t.hbs", []byte(template), limits)
	if err != nil {
		return "", err
	}
	partials := map[string]*handlebars.Template{}
	for name, src := range map[string]string{"self": "{{> self}}", "loop": "{{#> loop}}{{> @partial-block}}{{/loop}}"} {
		if partials[name], err = handlebars.Parse(name, []byte(src), handlebars.DefaultLimits); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	err = tpl.Execute(ctx, &out, parseData(t, data), &handlebars.Env{Strict: true, Limits: limits, Partials: partials, Helpers: testHelpers()})
	return out.String(), err
}

func TestLimitsReached(t *testing.T) {
	got, err := fillWithin(t, t.Context(), "{{#if 1}}{{#if 1}}12345{{/if}}{{/if}}", "", handlebars.Limits{Depth: 2, Output: 5, Source: 37})
	if err != nil || got != "12345" {
		t.Fatalf("got %q, %v: a limit that is just reached is no error", got, err)
	}
}

func TestContextEnds(t *testing.T) {
	ended, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	_, err := fillWithin(t, ended, "x", "", handlebars.Limits{})
	if !errors.Is(err, context.DeadlineExceeded) || platen.KindOf(err) != platen.Busy {
		t.Errorf("past deadline: %v of kind %q", err, platen.KindOf(err))
	}
	canceled, cancel := context.WithCancel(t.Context())
	tpl, err := handlebars.Parse("t.hbs", []byte("{{#each l}}{{stop}}{{/each}}"), handlebars.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	env := &handlebars.Env{Helpers: map[string]handlebars.Helper{"stop": {Func: func(*handlebars.HelperCall) (any, error) {
		calls++
		cancel()
		return nil, nil
	}}}}
	err = tpl.Execute(canceled, io.Discard, parseData(t, `{"l":[`+strings.Repeat("1,", 9999)+`1]}`), env)
	if !errors.Is(err, context.Canceled) || platen.KindOf(err) != platen.Busy || calls != 1 {
		t.Errorf("canceled: %v of kind %q after %d calls", err, platen.KindOf(err), calls)
	}
}

type brokenWriter struct{}

var errBroken = errors.New("disk full")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestWriterFails(t *testing.T) {
	tpl, err := handlebars.Parse("t.hbs", []byte("x"), handlebars.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	err = tpl.Execute(t.Context(), brokenWriter{}, nil, nil)
	if !errors.Is(err, errBroken) || platen.KindOf(err) != platen.Internal {
		t.Errorf("error %v of kind %q", err, platen.KindOf(err))
	}
}
