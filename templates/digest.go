package templates

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"iter"
)

// digest is the sha256 over the canonical form of a bundle, in lower-case
// hexadecimal. The canonical form is
//
//	"platen-bundle/1\n"
//	for each file, in the order of the bytes of its path:
//	    length of the path, 8 bytes, big endian
//	    path, UTF-8, folders separated by "/"
//	    length of the content, 8 bytes, big endian
//	    content, the bytes as they are
//
// Times, modes, the order of a zip, its compression and the folder around the
// bundle are not part of it; line endings are.
func digest(files iter.Seq2[string, []byte]) string {
	h := sha256.New()
	h.Write([]byte("platen-bundle/1\n"))
	var n [8]byte
	write := func(b []byte) {
		binary.BigEndian.PutUint64(n[:], uint64(len(b)))
		h.Write(n[:])
		h.Write(b)
	}
	for path, src := range files {
		write([]byte(path))
		write(src)
	}
	return hex.EncodeToString(h.Sum(nil))
}
