package identity

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// clientKey is a private key of ours towards a provider: with one luvat proves who it is, with another it opens what is encrypted.
type clientKey struct {
	jwk jose.JSONWebKey
}

// What a key is for.
const (
	signing    = "sig"
	decrypting = "enc"
)

var errKey = errors.New("write a private RSA key of 2048 bits or more, or one of the curve P-256, P-384 or P-521, as PEM or as a JSON Web Key")

// parseKey reads a private key from PEM (PKCS #8, PKCS #1, SEC 1) or a JSON Web Key.
func parseKey(text, use string) (*clientKey, error) {
	text = strings.TrimSpace(text)
	var k jose.JSONWebKey
	if strings.HasPrefix(text, "{") {
		if json.Unmarshal([]byte(text), &k) != nil || k.IsPublic() || !k.Valid() {
			return nil, errKey
		}
	} else {
		block, _ := pem.Decode([]byte(text))
		if block == nil {
			return nil, errKey
		}
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			if rsaKey, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
				key = rsaKey
			} else if ecKey, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
				key = ecKey
			}
		}
		k.Key = key
	}
	k.Use = use
	switch key := k.Key.(type) {
	case *rsa.PrivateKey:
		if key.N.BitLen() < 2048 {
			return nil, errKey
		}
		k.Algorithm = map[string]string{signing: string(jose.RS256), decrypting: string(jose.RSA_OAEP_256)}[use]
	case *ecdsa.PrivateKey:
		alg, ok := map[string]jose.SignatureAlgorithm{"P-256": jose.ES256, "P-384": jose.ES384, "P-521": jose.ES512}[key.Curve.Params().Name]
		if !ok {
			return nil, errKey
		}
		if k.Algorithm = string(alg); use == decrypting {
			k.Algorithm = string(jose.ECDH_ES_A256KW)
		}
	default:
		return nil, errKey
	}
	if k.KeyID == "" {
		public := k.Public()
		print, err := public.Thumbprint(crypto.SHA256) // RFC 7638: the same key always has the same id
		if err != nil {
			return nil, errKey
		}
		k.KeyID = digest(string(print))[:16]
	}
	return &clientKey{k}, nil
}

// assertion is the proof of private_key_jwt (RFC 7523) for one request to a token endpoint.
func (k *clientKey) assertion(clientID, audience string, now time.Time) (string, error) {
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.SignatureAlgorithm(k.jwk.Algorithm), Key: k.jwk},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	return jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: clientID, Subject: clientID, Audience: jwt.Audience{audience}, ID: newToken(),
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(time.Minute)),
	}).Serialize()
}

// How id tokens may be encrypted.
var (
	keyEncryptions     = []jose.KeyAlgorithm{jose.RSA_OAEP, jose.RSA_OAEP_256, jose.ECDH_ES, jose.ECDH_ES_A128KW, jose.ECDH_ES_A256KW}
	contentEncryptions = []jose.ContentEncryption{jose.A128GCM, jose.A256GCM, jose.A128CBC_HS256, jose.A256CBC_HS512}
)

// decrypt opens an encrypted token; what is inside is still to be verified.
func (k *clientKey) decrypt(token string) (string, error) {
	jwe, err := jose.ParseEncryptedCompact(token, keyEncryptions, contentEncryptions)
	if err != nil {
		return "", errors.New("the id token is encrypted in a way that is not accepted")
	}
	plain, err := jwe.Decrypt(k.jwk.Key)
	if err != nil {
		return "", errors.New("the id token cannot be opened with the configured decryption_key")
	}
	return string(plain), nil
}

// publicKeys returns the public halves as a JSON Web Key Set; nil when there are none.
func publicKeys(keys []*clientKey) []byte {
	if len(keys) == 0 {
		return nil
	}
	var set jose.JSONWebKeySet
	for _, k := range keys {
		set.Keys = append(set.Keys, k.jwk.Public())
	}
	data, err := json.Marshal(set)
	if err != nil {
		return nil // keys that were parsed can be written
	}
	return data
}
