package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"

	snapshotsapi "github.com/containerd/containerd/api/services/snapshots/v1"
	"github.com/containerd/containerd/v2/contrib/snapshotservice"
	stargzfs "github.com/containerd/stargz-snapshotter/fs"
	"github.com/containerd/stargz-snapshotter/fs/config"
	"github.com/containerd/stargz-snapshotter/fs/remote"
	"github.com/containerd/stargz-snapshotter/ipfs"
	ipfsclient "github.com/containerd/stargz-snapshotter/ipfs/client"
	"github.com/containerd/stargz-snapshotter/service"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"google.golang.org/grpc"
)

// serve answers containerd until the context ends; then every mount is taken down.
func serve(ctx context.Context, root, socket, api string) error {
	var options []service.Option
	if api != "" {
		handler := &ipfsHandler{&ipfsclient.Client{Address: "http://" + api, Client: http.DefaultClient}}
		options = append(options, service.WithFilesystemOptions(stargzfs.WithResolveHandler("ipfs", handler)))
	}
	// Without the background fetch of whole layers only what is asked for is read.
	settings := &service.Config{Config: config.Config{
		NoBackgroundFetch: true,
		NoPrometheus:      true,
		// Who reads a file waits in the kernel for so long if a registry is silent; it is 300 s otherwise.
		BlobConfig: config.BlobConfig{FetchTimeoutSec: 30},
	}}
	snapshotter, err := service.NewStargzSnapshotterService(ctx, root, settings, options...)
	if err != nil {
		return err
	}
	defer snapshotter.Close()
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	snapshotsapi.RegisterSnapshotsServer(server, snapshotservice.FromSnapshotter(snapshotter))
	go func() {
		<-ctx.Done()
		server.Stop()
	}()
	fmt.Println("ready")
	return server.Serve(listener)
}

// ipfsHandler finds layers by the CID in their urls.
type ipfsHandler struct{ client *ipfsclient.Client }

func (h *ipfsHandler) Handle(_ context.Context, layer ocispec.Descriptor) (remote.Fetcher, int64, error) {
	cid, err := ipfs.GetCID(layer)
	if err != nil {
		return nil, 0, err
	}
	info, err := h.client.StatCID(cid)
	if err != nil {
		return nil, 0, err
	}
	return &ipfsBlob{h.client, cid}, int64(info.Size), nil
}

// ipfsBlob reads ranges of one file.
type ipfsBlob struct {
	client *ipfsclient.Client
	cid    string
}

func (b *ipfsBlob) Fetch(_ context.Context, offset, size int64) (io.ReadCloser, error) {
	from, length := int(offset), int(size)
	return b.client.Get("/ipfs/"+b.cid, &from, &length)
}

func (b *ipfsBlob) Check() error {
	_, err := b.client.StatCID(b.cid)
	return err
}

func (b *ipfsBlob) GenID(offset, size int64) string {
	return fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "ipfs-%s-%d-%d", b.cid, offset, size)))
}

// ReadAt makes it a file for whoever opens layers.
func (b *ipfsBlob) ReadAt(into []byte, offset int64) (int, error) {
	content, err := b.Fetch(context.Background(), offset, int64(len(into)))
	if err != nil {
		return 0, err
	}
	defer content.Close()
	count, err := io.ReadFull(content, into)
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	return count, err
}
