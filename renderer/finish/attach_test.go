package finish

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

func attach(src []byte, files ...platen.Attachment) (Result, error) {
	return New(nil).Finish(context.Background(), Input{PDF: src, Issue: platen.IssueBlock{At: "2026-03-01T14:05:00+01:00"}, Options: platen.FinishOptions{Attachments: files}})
}

func TestAttach(t *testing.T) {
	record, raw := []byte(`{"lot":7}`), []byte(strings.Repeat("\x00\xff", 5000))
	res, err := attach(blank(1),
		platen.Attachment{Name: "z.json", Relationship: "Source", Description: "The data (α)", Content: record},
		platen.Attachment{Name: "Prüfung Ω 検査.CSV", Relationship: "Data", Content: raw},
		platen.Attachment{Name: "a (b) <c>.unknown", Content: nil},
		platen.Attachment{Name: "m", Type: "application/vnd.a+b", Relationship: "Supplement", Content: record})
	if err != nil {
		t.Fatal(err)
	}
	check(t, res.PDF)
	want := []pdf.Attachment{ // by name
		{Name: "a (b) <c>.unknown", Type: "application/octet-stream", Relationship: "Unspecified", SHA256: platen.Digest(nil)},
		{Name: "m", Size: 9, Type: "application/vnd.a+b", Relationship: "Supplement", SHA256: platen.Digest(record)},
		{Name: "z.json", Size: 9, Type: "application/json", Relationship: "Source", Description: "The data (α)", SHA256: platen.Digest(record)},
		{Name: "Prüfung Ω 検査.CSV", Size: 10_000, Type: "text/csv", Relationship: "Data", SHA256: platen.Digest(raw)},
	}
	if diff := cmp.Diff(want, factsOf(t, res.PDF).Attachments); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if f := res.Finished.Attachments; len(f) != 4 || f[0] != (platen.AttachedFile{Name: "z.json", Relationship: "Source", Bytes: 9, SHA256: platen.Digest(record)}) {
		t.Errorf("the manifest says %+v", f)
	}
	catalog, err := open1(t, res.PDF).Catalog()
	if list, listErr := open1(t, res.PDF).Array(catalog["AF"]); err != nil || listErr != nil || len(list) != 4 {
		t.Errorf("associated are %v, %v, %v", list, err, listErr)
	}
	if lacks, err := open1(t, res.PDF).Lacks(); err != nil || strings.Contains(cmp.Diff(nil, lacks), "ttach") {
		t.Errorf("lacks %v, %v", lacks, err)
	}
	list := tool(t, res.PDF, "qpdf", "--list-attachments", "a.pdf")
	for _, name := range []string{"z.json", "Prüfung Ω 検査.CSV"} {
		if !strings.Contains(list, name) {
			t.Errorf("qpdf lists\n%s", list)
		}
	}
}

// What pdfdetach writes is what was attached.
func TestAttachmentsComeOutAsTheyWentIn(t *testing.T) {
	res, err := attach(blank(1), platen.Attachment{Name: "Größe.bin", Content: []byte("\x00 data \r\n")})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if out, err := toolIn(t, dir, res.PDF, "pdfdetach", "-saveall", "a.pdf"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "Größe.bin")); err != nil || string(got) != "\x00 data \r\n" {
		t.Errorf("got %q, %v", got, err)
	}
}

// has is a document with an attachment by another program: its key is no name.
func has(key string) []byte {
	return document("<</Type /Catalog /Pages 2 0 R /Names <</EmbeddedFiles <</Kids [<</Limits ["+key+" "+key+"] /Names ["+key+" 4 0 R]>>]>> /Dests <</Names [(d) [3 0 R /Fit]]>>>>>>",
		"<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 9 9]>>", "<</Type /Page /Parent 2 0 R>>",
		"<</Type /Filespec /F (old.txt) /UF <FEFF006F006C0064002E007400780074> /AFRelationship /Data /EF <</F 5 0 R>>>>", stream("/Type /EmbeddedFile", "old"))
}

func TestAttachmentsThatAreThereStay(t *testing.T) {
	for _, key := range []string{"(old.txt)", "(key)", "<FEFF006B>", "(\\377)"} {
		res, err := attach(has(key), platen.Attachment{Name: "new.txt", Content: []byte("new")}, platen.Attachment{Name: "€.txt", Content: []byte("euro")})
		if err != nil {
			t.Fatal(err)
		}
		check(t, res.PDF)
		facts := factsOf(t, res.PDF)
		got := map[string]string{}
		for _, a := range facts.Attachments {
			got[a.Name] = a.SHA256
		}
		want := map[string]string{"old.txt": platen.Digest([]byte("old")), "new.txt": platen.Digest([]byte("new")), "€.txt": platen.Digest([]byte("euro"))}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", key, diff)
		}
		if len(res.Finished.Attachments) != 2 {
			t.Errorf("the manifest says %+v", res.Finished.Attachments)
		}
		if !strings.Contains(tool(t, res.PDF, "pdfinfo", "-dests", "a.pdf"), `"d"`) {
			t.Error("the named destination is gone")
		}
		if _, err := attach(res.PDF, platen.Attachment{Name: "€.txt"}); !errors.Is(err, platen.Invalid) {
			t.Errorf("a second €.txt: %v", err)
		}
	}
}

func TestAttachmentsOfOneNameAreRefused(t *testing.T) {
	for _, key := range []string{"(old.txt)", "(other)", "<FEFF006B>"} {
		_, err := attach(has(key), platen.Attachment{Name: "old.txt"})
		if !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), "has an attachment old.txt already") {
			t.Errorf("%s: got %v", key, err)
		}
	}
	if _, err := attach(blank(1), platen.Attachment{Name: "a"}, platen.Attachment{Name: "a"}); !errors.Is(err, platen.Invalid) {
		t.Errorf("got %v", err)
	}
}
