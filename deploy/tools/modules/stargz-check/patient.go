package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// patience is how long a node may be silent. Bitswap asks a peer again after 30 to 45 s.
var patience = 70 * time.Second

// inquiry is the limit of a question about a node that is silent.
const inquiry = 5 * time.Second

// patient ends a request whose answer stops coming, and says which one it was and what the node
// waits for. The reference's client waits for ever: so does a node for a block that nobody sends.
type patient struct{ next http.RoundTripper }

func (p patient) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(request.Context())
	silence := time.AfterFunc(patience, func() {
		cancel(fmt.Errorf("no byte within %v%s", patience, state(request.URL)))
	})
	response, err := p.next.RoundTrip(request.WithContext(ctx))
	silence.Stop()
	if err != nil {
		err = caused(ctx, err)
		cancel(nil)
		return nil, err
	}
	response.Body = &answer{response.Body, request.URL, ctx, cancel, silence}
	return response, nil
}

// caused gives the reason for which a request was ended, where it was.
func caused(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// answer is a body that is being read: only while somebody waits for it does its silence count.
type answer struct {
	io.ReadCloser
	url     *url.URL
	ctx     context.Context
	cancel  context.CancelCauseFunc
	silence *time.Timer
}

func (a *answer) Read(into []byte) (int, error) {
	a.silence.Reset(patience)
	count, err := a.ReadCloser.Read(into)
	a.silence.Stop()
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%s: %w", a.url, caused(a.ctx, err))
	}
	return count, err
}

func (a *answer) Close() error {
	a.silence.Stop()
	err := a.ReadCloser.Close()
	a.cancel(nil)
	return err
}

// state tells what the node knows of its peers and waits for, if it answers that.
func state(silent *url.URL) string {
	var swarm struct{ Peers []struct{ Peer string } }
	var bitswap struct{ Wantlist []map[string]string }
	var told strings.Builder
	if err := ask(silent, "swarm/peers", &swarm); err != nil {
		fmt.Fprintf(&told, "; its swarm/peers: %v", err)
	} else {
		fmt.Fprintf(&told, "; the node is connected to %d peers", len(swarm.Peers))
	}
	if err := ask(silent, "bitswap/stat", &bitswap); err != nil {
		fmt.Fprintf(&told, "; its bitswap/stat: %v", err)
	} else {
		fmt.Fprintf(&told, ", and waits for %d blocks:", len(bitswap.Wantlist))
		for n, block := range bitswap.Wantlist {
			if n == 5 {
				break
			}
			fmt.Fprintf(&told, " %s", block["/"])
		}
	}
	return told.String()
}

func ask(silent *url.URL, what string, into any) error {
	ctx, cancel := context.WithTimeout(context.Background(), inquiry)
	defer cancel()
	address := silent.Scheme + "://" + silent.Host + "/api/v0/" + what
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New(response.Status)
	}
	return json.NewDecoder(response.Body).Decode(into)
}
