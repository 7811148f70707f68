// Package raster makes pictures of the pages of a PDF.
//
// PDFium draws them, as WebAssembly in this process: it sees the PDF and nothing else, no
// file, clock or network, and what it does wrong ends one document and not the process.
// The same page is the same picture, byte for byte, as long as Engine is the same.
//
// Open a Document (document.go) of a Rasteriser (raster.go), and ask it for pages.
package raster
