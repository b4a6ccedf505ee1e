// Program ocicrypt-check encrypts and decrypts files with the reference library of ocicrypt, so
// that tests can hold Longshore's own against it.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/containers/ocicrypt"
	"github.com/containers/ocicrypt/config"
	"github.com/containers/ocicrypt/helpers"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

const usage = `usage: ocicrypt-check encrypt FLAGS   encrypts -in to -out, writes -annotations
       ocicrypt-check add FLAGS       adds recipients to -annotations, in place
       ocicrypt-check decrypt FLAGS   decrypts -in to -out by -annotations`

type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(v string) error { *l = append(*l, v); return nil }

type options struct {
	in, out, annotations, ring string
	recipients, keys, certs    list
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	var o options
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	flags.StringVar(&o.in, "in", "", "file to read")
	flags.StringVar(&o.out, "out", "", "file to write")
	flags.StringVar(&o.annotations, "annotations", "", "file with the layer's annotations as JSON")
	flags.StringVar(&o.ring, "ring", "", "public key ring for pgp: recipients")
	flags.Var(&o.recipients, "recipient", "jwe:FILE, pkcs7:FILE or pgp:NAME; may be repeated")
	flags.Var(&o.keys, "key", "FILE[:pass=PASSWORD] of a private key; may be repeated")
	flags.Var(&o.certs, "certificate", "pkcs7:FILE, which PKCS#7 needs next to the key; may be repeated")
	if err := flags.Parse(os.Args[2:]); err != nil {
		os.Exit(2)
	}
	commands := map[string]func(options) error{"encrypt": encrypt, "add": add, "decrypt": decrypt}
	command, known := commands[os.Args[1]]
	if !known {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	if err := command(o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func encrypt(o options) error {
	plain, err := os.Open(o.in)
	if err != nil {
		return err
	}
	defer plain.Close()
	sum, err := digest.FromReader(plain)
	if err != nil {
		return err
	}
	if _, err := plain.Seek(0, io.SeekStart); err != nil {
		return err
	}
	to, err := o.encryptConfig()
	if err != nil {
		return err
	}
	reader, finish, err := ocicrypt.EncryptLayer(to.EncryptConfig, plain, ocispec.Descriptor{Digest: sum})
	if err != nil {
		return err
	}
	if err := copyTo(o.out, reader); err != nil {
		return err
	}
	annotations, err := finish()
	if err != nil {
		return err
	}
	return o.write(annotations)
}

func add(o options) error {
	annotations, err := o.read()
	if err != nil {
		return err
	}
	to, err := o.encryptConfig()
	if err != nil {
		return err
	}
	with, err := helpers.CreateDecryptCryptoConfig(o.keys, o.certs)
	if err != nil {
		return err
	}
	to.EncryptConfig.AttachDecryptConfig(with.DecryptConfig)
	_, finish, err := ocicrypt.EncryptLayer(to.EncryptConfig, nil, ocispec.Descriptor{Annotations: annotations})
	if err != nil {
		return err
	}
	changed, err := finish()
	if err != nil {
		return err
	}
	return o.write(changed)
}

func decrypt(o options) error {
	annotations, err := o.read()
	if err != nil {
		return err
	}
	with, err := helpers.CreateDecryptCryptoConfig(o.keys, o.certs)
	if err != nil {
		return err
	}
	if with.DecryptConfig == nil {
		return errors.New("none of the key files holds a private key")
	}
	encrypted, err := os.Open(o.in)
	if err != nil {
		return err
	}
	defer encrypted.Close()
	reader, _, err := ocicrypt.DecryptLayer(with.DecryptConfig, encrypted, ocispec.Descriptor{Annotations: annotations}, false)
	if err != nil {
		return err
	}
	return copyTo(o.out, reader)
}

// The reference asks gpg for its key ring; a file needs no gpg.
func (o options) encryptConfig() (config.CryptoConfig, error) {
	var pgp [][]byte
	var others []string
	for _, recipient := range o.recipients {
		if name, found := strings.CutPrefix(recipient, "pgp:"); found {
			pgp = append(pgp, []byte(name))
		} else {
			others = append(others, recipient)
		}
	}
	var all []config.CryptoConfig
	if len(others) > 0 {
		c, err := helpers.CreateCryptoConfig(others, nil)
		if err != nil {
			return config.CryptoConfig{}, err
		}
		all = append(all, c)
	}
	if len(pgp) > 0 {
		ring, err := os.ReadFile(o.ring)
		if err != nil {
			return config.CryptoConfig{}, err
		}
		c, err := config.EncryptWithGpg(pgp, ring)
		if err != nil {
			return config.CryptoConfig{}, err
		}
		all = append(all, c)
	}
	return config.CombineCryptoConfigs(all), nil
}

func (o options) read() (map[string]string, error) {
	text, err := os.ReadFile(o.annotations)
	if err != nil {
		return nil, err
	}
	var annotations map[string]string
	return annotations, json.Unmarshal(text, &annotations)
}

func (o options) write(annotations map[string]string) error {
	text, err := json.Marshal(annotations)
	if err != nil {
		return err
	}
	return os.WriteFile(o.annotations, text, 0o644)
}

func copyTo(path string, from io.Reader) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := io.Copy(file, from); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
