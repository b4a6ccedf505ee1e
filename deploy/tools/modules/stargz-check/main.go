// The reference's lazy readers as programs: its snapshotter, which has no module of its own that
// could be built, and its reader of images on IPFS; see usage.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
)

const library = "github.com/containerd/stargz-snapshotter"

const usage = `usage: stargz-check [--patience DURATION] COMMAND
       stargz-check version
       stargz-check serve ROOT SOCKET [IPFS-API]
       stargz-check read IPFS-REPOSITORY ROOT-CID FOLDER

serve   the snapshotter for containerd, mounting over FUSE; prints "ready". Layers come from the
        registry, or from the IPFS node whose RPC is http://IPFS-API where a layer has an ipfs url.
        It ends with SIGTERM.
read    resolves the image as the reference's resolver does, checks every digest, reads each file
        of each lazy layer by ranges against the table of contents, and unpacks into FOLDER. Prints
        one line a layer: its media type, how many files were read lazily, whether it was unpacked.
        An encrypted layer is only checked. IPFS-REPOSITORY has the file api of a running node.

An IPFS node that is silent for a while (--patience, 70s) fails its reader; the error says which
request it was, and what the node waits for.

Exit codes: 0 all right, 1 something is wrong, 2 wrong arguments.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	arguments := os.Args[1:]
	var err error
	if len(arguments) > 2 && arguments[0] == "--patience" {
		patience, err = time.ParseDuration(arguments[1])
		arguments = arguments[2:]
	}
	http.DefaultClient.Transport = patient{http.DefaultTransport}
	switch {
	case err != nil:
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	case len(arguments) == 1 && arguments[0] == "version":
		fmt.Println("stargz-snapshotter", version())
	case len(arguments) >= 3 && len(arguments) <= 4 && arguments[0] == "serve":
		err = serve(ctx, arguments[1], arguments[2], append(arguments[3:], "")[0])
	case len(arguments) == 4 && arguments[0] == "read":
		err = read(ctx, arguments[1], arguments[2], arguments[3])
	default:
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "stargz-check:", err)
		os.Exit(1)
	}
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
