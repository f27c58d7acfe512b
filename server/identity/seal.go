package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// NewKey returns a new key for Config.Keys: 32 random bytes as base64.
func NewKey() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return base64.StdEncoding.EncodeToString(key)
}

// KeyFile returns the key in a file, and makes the file with a new key when there is none. The file is for its owner only.
func KeyFile(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(data)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("the key file cannot be read: %w", err)
	}
	key := NewKey()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("the key file cannot be made: %w", err)
	}
	_, err = f.WriteString(key + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return "", fmt.Errorf("the key file cannot be written: %w", err)
	}
	return key, nil
}

// vault seals with the first of its keys and opens with any.
type vault struct{ keys [][]byte }

func newVault(keys []string) (*vault, error) {
	if len(keys) == 0 {
		return nil, errors.New("a key is needed: 32 random bytes as base64 (openssl rand -base64 32)")
	}
	v := &vault{}
	for i, text := range keys {
		key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
		if err != nil || len(key) != 32 {
			return nil, fmt.Errorf("key %d is not 32 bytes as base64: make one with openssl rand -base64 32", i+1)
		}
		v.keys = append(v.keys, key)
	}
	return v, nil
}

// derive returns a key for one purpose, so that what is sealed for one cannot be opened as another.
func derive(master []byte, purpose string) ([]byte, error) {
	return hkdf.Key(sha256.New, master, nil, "luvat "+purpose, 32)
}

// keyID is the beginning of a sealed text: it says which key opens it, and nothing else about the key.
func keyID(key []byte) []byte {
	sum := sha256.Sum256(append([]byte("luvat key id "), key...))
	return sum[:4]
}

// seal encrypts plain. purpose is the bucket, place the key of the record: the sealed text opens nowhere else.
func (v *vault) seal(purpose, place string, plain []byte) ([]byte, error) {
	sealed, err := sealWith(v.keys[0], purpose, place, plain)
	if err != nil {
		return nil, err
	}
	return append(keyID(v.keys[0]), sealed...), nil
}

var errSealed = errors.New("a sealed record cannot be opened: its key is not among the configured ones, or it was changed")

func (v *vault) open(purpose, place string, sealed []byte) ([]byte, error) {
	for _, key := range v.keys {
		if id := keyID(key); len(sealed) > len(id) && string(sealed[:len(id)]) == string(id) {
			if plain, err := openWith(key, purpose, place, sealed[len(id):]); err == nil {
				return plain, nil
			}
		}
	}
	return nil, errSealed
}

func gcm(master []byte, purpose string) (cipher.AEAD, error) {
	key, err := derive(master, purpose)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func sealWith(master []byte, purpose, place string, plain []byte) ([]byte, error) {
	aead, err := gcm(master, purpose)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, plain, []byte(place)), nil
}

func openWith(master []byte, purpose, place string, sealed []byte) ([]byte, error) {
	aead, err := gcm(master, purpose)
	if err != nil {
		return nil, err
	}
	return aead.Open(nil, nil, sealed, []byte(place))
}

// tags returns what stands for parts in a record's key, for each of the keys, the current one first. A personal identity code has so
// few values that a plain hash of it would hide nothing.
func (v *vault) tags(purpose string, parts ...string) ([]string, error) {
	var tags []string
	for _, master := range v.keys {
		key, err := derive(master, purpose)
		if err != nil {
			return nil, err
		}
		h := hmac.New(sha256.New, key)
		for _, p := range parts {
			fmt.Fprintf(h, "%d:%s", len(p), p) // lengths: "ab"+"c" is not "a"+"bc"
		}
		tags = append(tags, hex.EncodeToString(h.Sum(nil)))
	}
	return tags, nil
}

// digest names a random token in a record's key. A token has 256 bits of chance, so a plain hash is enough.
func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// newToken returns 256 bits of chance as text for cookies and addresses.
func newToken() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// isToken reports whether s may have come from newToken.
func isToken(s string) bool {
	b, err := base64.RawURLEncoding.DecodeString(s)
	return err == nil && len(b) == 32
}
