// Checks eStargz and zstd:chunked blobs with the reference's own library; see usage.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/containerd/stargz-snapshotter/estargz"
	"github.com/containerd/stargz-snapshotter/estargz/zstdchunked"
	"github.com/klauspost/compress/zstd"
	"github.com/opencontainers/go-digest"
)

const library = "github.com/containerd/stargz-snapshotter/estargz"

const usage = `usage: estargz-check version
       estargz-check verify [-zstd] [-shared] BLOB TOC-DIGEST
       estargz-check compare [-zstd] [-chunk-size N] [-prefetch A,B] SOURCE BLOB

verify    opens the blob, checks its TOC against the digest and reads every chunk of every file;
          -shared: files share gzip members, which the library's verifiers do not take
compare   the TOC of BLOB against the one that the library writes from the layer SOURCE, by name,
          and against the one that it writes from BLOB's own tar, in order; offsets apart
-zstd     BLOB is zstd:chunked, as the library's package zstdchunked writes and reads it

Exit codes: 0 all right, 1 something is wrong, 2 wrong arguments.
`

func main() {
	if len(os.Args) < 2 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	chunkSize := flags.Int("chunk-size", 0, "bytes of a chunk")
	prefetch := flags.String("prefetch", "", "files to prefetch, separated by commas")
	chunked := flags.Bool("zstd", false, "zstd:chunked")
	shared := flags.Bool("shared", false, "files share gzip members")
	_ = flags.Parse(os.Args[2:])
	var form estargz.Compression = &gzipForm{new(estargz.GzipDecompressor), estargz.NewGzipCompressorWithLevel(gzip.BestSpeed)}
	if *chunked {
		form = &zstdForm{new(zstdchunked.Decompressor), &zstdchunked.Compressor{CompressionLevel: zstd.SpeedFastest}}
	}
	var err error
	switch os.Args[1] {
	case "version":
		fmt.Println("estargz", version())
	case "verify":
		err = verify(form, flags.Arg(0), flags.Arg(1), *shared)
	case "compare":
		var files []string
		if *prefetch != "" {
			files = strings.Split(*prefetch, ",")
		}
		err = compare(form, flags.Arg(0), flags.Arg(1), *chunkSize, files)
	default:
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "estargz-check:", err)
		os.Exit(1)
	}
}

type gzipForm struct {
	*estargz.GzipDecompressor
	*estargz.GzipCompressor
}

type zstdForm struct {
	*zstdchunked.Decompressor
	*zstdchunked.Compressor
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, dep := range info.Deps {
		if dep.Path == library {
			return dep.Version
		}
	}
	return "unknown"
}

func section(path string) (*io.SectionReader, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return io.NewSectionReader(file, 0, info.Size()), nil
}

func verify(form estargz.Compression, path, tocDigest string, shared bool) error {
	blob, err := section(path)
	if err != nil {
		return err
	}
	reader, err := estargz.Open(blob, estargz.WithDecompressors(form))
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	if got := reader.TOCDigest().String(); got != tocDigest {
		return fmt.Errorf("TOC digest %s, expected %s", got, tocDigest)
	}
	var verifiers estargz.TOCEntryVerifier
	if !shared {
		if verifiers, err = reader.VerifyTOC(digest.Digest(tocDigest)); err != nil {
			return fmt.Errorf("verify TOC: %w", err)
		}
	}
	toc, err := tocOf(form, blob)
	if err != nil {
		return err
	}
	files := 0
	for _, entry := range toc.Entries {
		if entry.Type == "reg" && entry.Size > 0 {
			if err := verifyFile(reader, verifiers, entry); err != nil {
				return fmt.Errorf("%q: %w", entry.Name, err)
			}
			files++
		}
	}
	fmt.Println(files, "files")
	return nil
}

func verifyFile(reader *estargz.Reader, verifiers estargz.TOCEntryVerifier, entry *estargz.TOCEntry) error {
	file, err := reader.OpenFile(entry.Name)
	if err != nil {
		return err
	}
	whole := sha256.New()
	for at := int64(0); at < entry.Size; {
		chunk, ok := reader.ChunkEntryForOffset(entry.Name, at)
		if !ok {
			return fmt.Errorf("no chunk at %d", at)
		}
		content := make([]byte, chunk.ChunkSize)
		if _, err := file.ReadAt(content, chunk.ChunkOffset); err != nil && err != io.EOF {
			return err
		}
		if got := digest.FromBytes(content).String(); got != chunk.ChunkDigest {
			return fmt.Errorf("chunk at %d has digest %s, its entry says %s", at, got, chunk.ChunkDigest)
		}
		if verifiers != nil {
			verifier, err := verifiers.Verifier(chunk)
			if err != nil {
				return err
			}
			if _, _ = verifier.Write(content); !verifier.Verified() {
				return fmt.Errorf("chunk at %d does not verify", at)
			}
		}
		whole.Write(content)
		at = chunk.ChunkOffset + chunk.ChunkSize
	}
	if got := fmt.Sprintf("sha256:%x", whole.Sum(nil)); got != entry.Digest {
		return fmt.Errorf("digest %s, its entry says %s", got, entry.Digest)
	}
	return nil
}

// tocOf reads all entries as they are written: the library's reader keeps them to itself.
func tocOf(form estargz.Compression, blob *io.SectionReader) (*estargz.JTOC, error) {
	footer := make([]byte, form.FooterSize())
	if _, err := blob.ReadAt(footer, blob.Size()-form.FooterSize()); err != nil {
		return nil, fmt.Errorf("footer: %w", err)
	}
	_, offset, size, err := form.ParseFooter(footer)
	if err != nil {
		return nil, fmt.Errorf("footer: %w", err)
	}
	if size <= 0 {
		size = blob.Size() - offset - form.FooterSize()
	}
	toc, _, err := form.ParseTOC(io.NewSectionReader(blob, offset, size))
	return toc, err
}

func compare(form estargz.Compression, source, blob string, chunkSize int, prefetch []string) error {
	ours, err := section(blob)
	if err != nil {
		return err
	}
	toc, err := tocOf(form, ours)
	if err != nil {
		return err
	}
	built, err := buildReference(form, source, chunkSize, prefetch)
	if err != nil {
		return fmt.Errorf("the reference does not convert %s: %w", source, err)
	}
	if err := equalByName(built, byName(toc)); err != nil {
		return fmt.Errorf("against the layer's TOC: %w", err)
	}
	again, err := again(form, ours, chunkSize)
	if err != nil {
		return fmt.Errorf("the reference does not read the blob's tar: %w", err)
	}
	if err := equalInOrder(again, toc); err != nil {
		return fmt.Errorf("against the TOC of the blob's own tar: %w", err)
	}
	fmt.Println(len(toc.Entries), "entries")
	return nil
}

func buildReference(form estargz.Compression, source string, chunkSize int, prefetch []string) (map[string]string, error) {
	layer, err := section(source)
	if err != nil {
		return nil, err
	}
	var missed []string
	built, err := estargz.Build(layer, estargz.WithChunkSize(chunkSize), estargz.WithPrioritizedFiles(prefetch),
		estargz.WithAllowPrioritizeNotFound(&missed), estargz.WithCompression(form))
	if err != nil {
		return nil, err
	}
	defer built.Close()
	var blob bytes.Buffer
	if _, err := io.Copy(&blob, built); err != nil {
		return nil, err
	}
	toc, err := tocOf(form, io.NewSectionReader(bytes.NewReader(blob.Bytes()), 0, int64(blob.Len())))
	if err != nil {
		return nil, err
	}
	return byName(toc), nil
}

func again(form estargz.Compression, blob *io.SectionReader, chunkSize int) (*estargz.JTOC, error) {
	unpacked, err := form.Reader(io.NewSectionReader(blob, 0, blob.Size()))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	defer unpacked.Close()
	writer := estargz.NewWriterWithCompressor(&out, form)
	writer.ChunkSize = chunkSize
	if err := writer.AppendTar(unpacked); err != nil {
		return nil, err
	}
	if _, err := writer.Close(); err != nil {
		return nil, err
	}
	return tocOf(form, io.NewSectionReader(bytes.NewReader(out.Bytes()), 0, int64(out.Len())))
}

func text(entry estargz.TOCEntry) string {
	entry.Offset, entry.InnerOffset = 0, 0
	encoded, err := json.Marshal(entry)
	if err != nil {
		panic(err)
	}
	return string(encoded)
}

// byName gives each entry by name and place in its file, and which ids have which names. Names of
// owners are written only where they change, so which entry has them depends on the order.
func byName(toc *estargz.JTOC) map[string]string {
	entries := make(map[string]string, len(toc.Entries))
	for _, entry := range toc.Entries {
		if entry.Uname != "" {
			entries[fmt.Sprintf("user %d is %s", entry.UID, entry.Uname)] = "yes"
		}
		if entry.Gname != "" {
			entries[fmt.Sprintf("group %d is %s", entry.GID, entry.Gname)] = "yes"
		}
		full := *entry
		full.Uname, full.Gname = "", ""
		entries[fmt.Sprintf("%s at %d", full.Name, full.ChunkOffset)] = text(full)
	}
	return entries
}

func equalByName(want, got map[string]string) error {
	for name, entry := range want {
		if got[name] != entry {
			return fmt.Errorf("%s:\nwant %s\n got %s", name, entry, got[name])
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("%d entries, expected %d", len(got), len(want))
	}
	return nil
}

func equalInOrder(want, got *estargz.JTOC) error {
	for i, entry := range got.Entries {
		if i >= len(want.Entries) || text(*want.Entries[i]) != text(*entry) {
			return fmt.Errorf("entry %d: got %s, want another", i, text(*entry))
		}
	}
	if len(got.Entries) != len(want.Entries) || got.Version != want.Version {
		return fmt.Errorf("%d entries of version %d, expected %d of %d", len(got.Entries), got.Version, len(want.Entries), want.Version)
	}
	return nil
}
