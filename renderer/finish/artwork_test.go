package finish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/dicode/platen"
)

// counting prints with the browser and counts how often.
func counting(t *testing.T) (*Finisher, *atomic.Int32) {
	t.Helper()
	pool, runs := browser(t), new(atomic.Int32)
	return New(func(ctx context.Context, m platen.Markup) ([]byte, error) {
		runs.Add(1)
		return pool.Print(ctx, m)
	}), runs
}

func TestArtworkIsPrintedOnce(t *testing.T) {
	draft, logo := platen.Watermark{Text: "DRAFT"}, platen.Watermark{Image: &platen.Image{Name: "logo.svg", Content: svg(`<rect width="9" height="9"/>`)}}
	turned, blue, under := draft, draft, logo
	turned.Rotate, turned.Opacity, turned.Pages, turned.Size = 45, 0.5, "odd", "20pt"
	blue.Color = "blue"
	under.Under, under.Image = true, &platen.Image{Name: "other name.svg", Content: logo.Image.Content}
	f, runs := counting(t)
	for _, tt := range []struct {
		name  string
		src   []byte
		marks []platen.Watermark
		want  int32 // prints so far
	}{
		{"a text", blank(3), []platen.Watermark{draft}, 1},
		{"the same on another document", sheets([2]string{"/MediaBox [0 0 500 500]"}), []platen.Watermark{draft}, 1},
		{"the same otherwise placed", blank(3), []platen.Watermark{turned, draft}, 1},
		{"another colour", blank(3), []platen.Watermark{blue, draft}, 2},
		{"an image twice", blank(3), []platen.Watermark{logo, under}, 3},
		{"twelve texts", blank(12), []platen.Watermark{{Text: "{page} of {pages}"}}, 4},
		{"a page of a PDF", blank(1), []platen.Watermark{square(nil)}, 4},
		{"no page", blank(1), []platen.Watermark{{Text: "REST", Pages: "2-"}}, 4},
	} {
		finished(t, f, tt.src, tt.marks...)
		if n := runs.Load(); n != tt.want {
			t.Errorf("%s: %d prints, want %d", tt.name, n, tt.want)
		}
	}
}

func TestFinishAtOnceGivesTheSameBytes(t *testing.T) {
	f, runs := counting(t)
	in := Input{
		PDF: blank(12), About: About{Title: "Lot 7"}, Issue: platen.IssueBlock{At: "2026-03-01T14:05:00Z"},
		Watermarks: marks(platen.Watermark{Text: "{page} of {pages}", Rotate: 30}, square(nil), platen.Watermark{Text: "مسودة", Tile: true, Under: true}),
		Options:    platen.FinishOptions{Attachments: []platen.Attachment{{Name: "a.json", Content: []byte("{}")}}},
	}
	outs := make([][]byte, 8)
	var group sync.WaitGroup
	for i := range outs {
		group.Go(func() {
			res, err := f.Finish(t.Context(), in)
			if err != nil {
				t.Error(err)
			}
			outs[i] = res.PDF
		})
	}
	group.Wait()
	alone, err := New(browser(t).Print).Finish(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	check(t, alone.PDF)
	for i, out := range outs {
		if !bytes.Equal(out, alone.PDF) {
			t.Errorf("the bytes of %d differ from those made alone", i)
		}
	}
	if n := runs.Load(); n != 2 {
		t.Errorf("%d prints of two texts", n)
	}
}

// Who waits for an artwork that somebody else prints gets it, even when that one
// gives up.
func TestArtworkOfOneWhoGivesUp(t *testing.T) {
	for _, giveUp := range []error{context.Canceled, fmt.Errorf("the time is up: %w", platen.Busy)} {
		synctest.Test(t, func(t *testing.T) {
			var runs atomic.Int32
			a := &artworks{print: func(ctx context.Context, m platen.Markup) ([]byte, error) {
				if runs.Add(1) == 1 {
					<-ctx.Done()
					return nil, context.Cause(ctx)
				}
				return []byte("artwork"), nil
			}}
			first, cancel := context.WithCancelCause(t.Context())
			go a.get(first, "acme", platen.Markup{})
			synctest.Wait()
			var got []byte
			var err error
			go func() { got, err = a.get(t.Context(), "acme", platen.Markup{}) }()
			synctest.Wait()
			cancel(giveUp)
			synctest.Wait()
			if string(got) != "artwork" || err != nil {
				t.Errorf("%v: got %q, %v", giveUp, got, err)
			}
		})
	}
}

func TestArtworkThatFails(t *testing.T) {
	bad := fmt.Errorf("no glyph: %w", platen.Invalid)
	runs := 0
	a := &artworks{print: func(context.Context, platen.Markup) ([]byte, error) { runs++; return nil, bad }}
	for range 2 {
		if _, err := a.get(t.Context(), "acme", platen.Markup{}); !errors.Is(err, bad) {
			t.Errorf("got %v", err)
		}
	}
	if runs != 2 {
		t.Errorf("what failed was printed %d times", runs)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a.print = func(ctx context.Context, _ platen.Markup) ([]byte, error) { <-ctx.Done(); return nil, ctx.Err() }
	if _, err := a.get(ctx, "acme", platen.Markup{}); err == nil {
		t.Error("no error when the time was up")
	}
}

func TestArtworksKeepTheLatest(t *testing.T) {
	runs := 0
	a := &artworks{print: func(_ context.Context, m platen.Markup) ([]byte, error) {
		runs++
		if string(m.HTML) == "huge" {
			return make([]byte, keptBytes+1), nil
		}
		return make([]byte, keptBytes/4), nil
	}}
	for i, name := range []string{"a", "b", "c", "d", "d", "huge", "d", "e", "b", "a"} {
		if _, err := a.get(t.Context(), "acme", platen.Markup{HTML: []byte(name)}); err != nil {
			t.Fatal(err)
		}
		if want := []int{1, 2, 3, 4, 4, 5, 5, 6, 6, 7}[i]; runs != want {
			t.Errorf("after %d, %s: %d prints, want %d", i, name, runs, want)
		}
	}
	if a.size > keptBytes || len(a.kept) != 4 || len(a.order) != 4 {
		t.Errorf("%d bytes of %d artworks are kept", a.size, len(a.kept))
	}
}

// Another tenant's artwork is printed anew, be it the same.
func TestArtworksOfTenants(t *testing.T) {
	runs := 0
	a := &artworks{print: func(context.Context, platen.Markup) ([]byte, error) { runs++; return []byte("artwork"), nil }}
	for _, of := range []platen.TenantID{"acme", "globex", "acme", "globex"} {
		if _, err := a.get(t.Context(), of, platen.Markup{}); err != nil {
			t.Fatal(err)
		}
	}
	if runs != 2 {
		t.Errorf("for two tenants it was printed %d times", runs)
	}
}
