package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/core/remotes"
	"github.com/containerd/containerd/v2/pkg/archive"
	"github.com/containerd/containerd/v2/pkg/archive/compression"
	"github.com/containerd/stargz-snapshotter/estargz"
	"github.com/containerd/stargz-snapshotter/estargz/zstdchunked"
	"github.com/containerd/stargz-snapshotter/ipfs"
	ipfsclient "github.com/containerd/stargz-snapshotter/ipfs/client"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// image is one that was resolved on IPFS.
type image struct {
	fetcher remotes.Fetcher
	client  *ipfsclient.Client
}

func read(ctx context.Context, repository, root, folder string) error {
	resolver, err := ipfs.NewResolver(ipfs.ResolverOptions{Scheme: "ipfs", IPFSPath: repository})
	if err != nil {
		return err
	}
	address, err := ipfsclient.GetIPFSAPIAddress(repository, "http")
	if err != nil {
		return err
	}
	name, top, err := resolver.Resolve(ctx, root)
	if err != nil {
		return fmt.Errorf("resolve %s: %w", root, err)
	}
	fetcher, err := resolver.Fetcher(ctx, name)
	if err != nil {
		return err
	}
	img := &image{fetcher, &ipfsclient.Client{Address: address, Client: http.DefaultClient}}
	return img.walk(ctx, top, folder)
}

func (i *image) walk(ctx context.Context, node ocispec.Descriptor, folder string) error {
	if images.IsIndexType(node.MediaType) {
		var index ocispec.Index
		if err := i.decode(ctx, node, &index); err != nil {
			return err
		}
		for _, entry := range index.Manifests {
			if err := i.walk(ctx, entry, folder); err != nil {
				return err
			}
		}
		return nil
	}
	var manifest ocispec.Manifest
	if err := i.decode(ctx, node, &manifest); err != nil {
		return err
	}
	var config ocispec.Image
	if err := i.decode(ctx, manifest.Config, &config); err != nil {
		return err
	}
	for n, layer := range manifest.Layers {
		if err := i.layer(ctx, layer, config.RootFS.DiffIDs[n], folder); err != nil {
			return fmt.Errorf("layer %d, %s: %w", n, layer.Digest, err)
		}
	}
	return nil
}

func (i *image) decode(ctx context.Context, node ocispec.Descriptor, into any) error {
	content, err := i.fetcher.Fetch(ctx, node)
	if err != nil {
		return err
	}
	defer content.Close()
	bytes, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	if got := digest.FromBytes(bytes); got != node.Digest || int64(len(bytes)) != node.Size {
		return fmt.Errorf("%s, %d bytes: got %s, %d bytes", node.Digest, node.Size, got, len(bytes))
	}
	return json.Unmarshal(bytes, into)
}

func (i *image) layer(ctx context.Context, layer ocispec.Descriptor, diffID digest.Digest, folder string) error {
	lazily := 0
	if toc, ok := layer.Annotations[estargz.TOCJSONDigestAnnotation]; ok {
		var err error
		if lazily, err = i.lazily(layer, digest.Digest(toc)); err != nil {
			return fmt.Errorf("by ranges: %w", err)
		}
	}
	content, err := i.fetcher.Fetch(ctx, layer)
	if err != nil {
		return err
	}
	defer content.Close()
	blob := digest.Canonical.Digester()
	all := io.TeeReader(content, blob.Hash())
	unpacked := "unpacked"
	if strings.HasSuffix(layer.MediaType, "+encrypted") {
		unpacked = "encrypted"
	} else if err := unpack(ctx, all, diffID, folder); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, all); err != nil {
		return err
	}
	if got := blob.Digest(); got != layer.Digest {
		return fmt.Errorf("all of it: got %s", got)
	}
	fmt.Println(layer.MediaType, lazily, unpacked)
	return nil
}

func unpack(ctx context.Context, layer io.Reader, diffID digest.Digest, folder string) error {
	stream, err := compression.DecompressStream(layer)
	if err != nil {
		return err
	}
	defer stream.Close()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	tar := digest.Canonical.Digester()
	entries := io.TeeReader(stream, tar.Hash())
	if _, err := archive.Apply(ctx, folder, entries); err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	if _, err := io.Copy(io.Discard, entries); err != nil {
		return err
	}
	if got := tar.Digest(); got != diffID {
		return fmt.Errorf("diff id %s, the config says %s", got, diffID)
	}
	return nil
}

// lazily reads each file of the layer by the ranges that it needs; gives their number.
func (i *image) lazily(layer ocispec.Descriptor, toc digest.Digest) (int, error) {
	cid, err := ipfs.GetCID(layer)
	if err != nil {
		return 0, err
	}
	blob := io.NewSectionReader(&ipfsBlob{i.client, cid}, 0, layer.Size)
	reader, err := estargz.Open(blob, estargz.WithDecompressors(new(zstdchunked.Decompressor)))
	if err != nil {
		return 0, err
	}
	verifiers, err := reader.VerifyTOC(toc)
	if err != nil {
		return 0, err
	}
	root, ok := reader.Lookup("")
	if !ok {
		return 0, fmt.Errorf("no root")
	}
	files := 0
	err = each(root, func(entry *estargz.TOCEntry) error {
		if entry.Type != "reg" || entry.Size == 0 {
			return nil
		}
		files++
		return verify(reader, verifiers, entry)
	})
	return files, err
}

func each(folder *estargz.TOCEntry, visit func(*estargz.TOCEntry) error) (failed error) {
	folder.ForeachChild(func(_ string, entry *estargz.TOCEntry) bool {
		if failed = visit(entry); failed == nil && entry.Type == "dir" {
			failed = each(entry, visit)
		}
		return failed == nil
	})
	return failed
}

func verify(reader *estargz.Reader, verifiers estargz.TOCEntryVerifier, entry *estargz.TOCEntry) error {
	file, err := reader.OpenFile(entry.Name)
	if err != nil {
		return err
	}
	for at := int64(0); at < entry.Size; {
		chunk, ok := reader.ChunkEntryForOffset(entry.Name, at)
		if !ok {
			return fmt.Errorf("%s: no chunk at %d", entry.Name, at)
		}
		content := make([]byte, chunk.ChunkSize)
		if _, err := file.ReadAt(content, chunk.ChunkOffset); err != nil && err != io.EOF {
			return fmt.Errorf("%s: %w", entry.Name, err)
		}
		verifier, err := verifiers.Verifier(chunk)
		if err != nil {
			return err
		}
		if _, _ = verifier.Write(content); !verifier.Verified() {
			return fmt.Errorf("%s: the chunk at %d does not verify", entry.Name, at)
		}
		at = chunk.ChunkOffset + chunk.ChunkSize
	}
	return nil
}
