package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/finish"
)

// work measures f by itself, in a process that has done nothing else.
func work(f func() ([]byte, error)) (e effort, err error) {
	own, start := ownCPU(), time.Now()
	out, err := f()
	if err != nil {
		return e, err
	}
	e.Seconds, e.CPU, e.Bytes = time.Since(start).Seconds(), (ownCPU()-own)/1000, len(out)
	e.Peak, err = peakMemory()
	return e, err
}

// finishChild finishes a PDF as Platen does: watermark, metadata and attachment,
// PDF/A-3b and PDF/UA-1 marks, packed.
func (b *bench) finishChild(ctx context.Context, args []string) (any, error) {
	var files [3][]byte // printed, stamp, attachment
	for i := range files {
		var err error
		if files[i], err = os.ReadFile(args[i]); err != nil {
			return nil, err
		}
	}
	stamp := platen.Watermark{Image: &platen.Image{Name: "stamp.pdf", Content: files[1]}, Rotate: 45, Opacity: 0.15}
	var pages int
	e, err := work(func() ([]byte, error) {
		res, err := finish.New(nil).Finish(ctx, finish.Input{
			PDF: files[0], Printed: true,
			About:      finish.About{Title: "Benchmark", Author: "Platen", Record: "BR-2026-00001"},
			Watermarks: []finish.Watermark{{Watermark: stamp, From: "request"}},
			Options:    platen.FinishOptions{Attachments: []platen.Attachment{{Name: "data.json", Relationship: "Source", Content: files[2]}}},
		})
		pages = res.Pages
		return res.PDF, err
	})
	e.Pages = pages
	return e, err
}

// pdfcpuChild does what of it pdfcpu's interface offers, with a call for each:
// watermark, attachment, metadata.
func (b *bench) pdfcpuChild(_ context.Context, args []string) (any, error) {
	api.DisableConfigDir()
	printed, err := os.ReadFile(args[0])
	if err != nil {
		return nil, err
	}
	var stamped float64
	e, err := work(func() ([]byte, error) {
		start := time.Now()
		out, err := pdfcpuStamp(printed)
		if err != nil {
			return nil, err
		}
		stamped = time.Since(start).Seconds()
		return pdfcpuDescribe(out, args[1])
	})
	if err != nil {
		return nil, err
	}
	e.Stamp = stamped
	e.Pages, err = api.PageCount(bytes.NewReader(printed), relaxed())
	return e, err
}

func pdfcpuStamp(src []byte) ([]byte, error) {
	stamp, err := api.TextWatermark("DRAFT", "font:Helvetica-Bold, rotation:45, opacity:0.15, scalefactor:0.8 rel", true, false, types.POINTS)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = api.AddWatermarks(bytes.NewReader(src), &out, nil, stamp, relaxed())
	return out.Bytes(), err
}

// pdfcpuDescribe adds a file and metadata.
func pdfcpuDescribe(src []byte, attachment string) ([]byte, error) {
	var attached, described bytes.Buffer
	if err := api.AddAttachments(bytes.NewReader(src), &attached, []string{filepath.Clean(attachment)}, false, relaxed()); err != nil {
		return nil, err
	}
	err := api.AddProperties(bytes.NewReader(attached.Bytes()), &described, map[string]string{"Title": "Benchmark", "Author": "Platen", "Record": "BR-2026-00001"}, relaxed())
	return described.Bytes(), err
}

// relaxed is a new configuration for each call, since a call changes it.
func relaxed() *model.Configuration {
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationRelaxed
	return conf
}
