// Writes a TUF 1.0 repository with @tufjs/models: metadata/, targets/ and root.json, the anchor, two roots behind.
// usage: node author.cjs FOLDER
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { canonicalize } = require('@tufjs/canonical-json');
const models = require('@tufjs/models');

const folder = process.argv[2];
const specVersion = '1.0.0';
const expires = new Date(Date.now() + 86400000).toISOString().replace(/\.\d+Z$/, 'Z');

function sha256(bytes) {
    return crypto.createHash('sha256').update(bytes).digest('hex');
}

const pem = (key) => key.export({ type: 'spki', format: 'pem' });
const raw = (key) => key.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
const kinds = {
    ed25519: { type: 'ed25519', options: {}, keytype: 'ed25519', scheme: 'ed25519', write: raw },
    p256: { type: 'ec', options: { namedCurve: 'prime256v1' }, keytype: 'ecdsa', scheme: 'ecdsa-sha2-nistp256', write: pem, hash: 'sha256' },
    rsa: {
        type: 'rsa', options: { modulusLength: 2048 }, keytype: 'rsa', scheme: 'rsassa-pss-sha256', write: pem, hash: 'sha256',
        padding: { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
    },
};

/** A key pair with its TUF form. */
function newKey(name) {
    const kind = kinds[name];
    const { publicKey, privateKey } = crypto.generateKeyPairSync(kind.type, kind.options);
    const form = { keytype: kind.keytype, scheme: kind.scheme, keyval: { public: kind.write(publicKey) } };
    form['x-custodian'] = 'somebody';
    const keyID = sha256(canonicalize(form));
    const sign = (data) => crypto.sign(kind.hash, data, { key: privateKey, ...kind.padding });
    return { key: models.Key.fromJSON(keyID, form), keyID, sign };
}

function write(name, bytes) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, bytes);
}

/** Signs and writes a file; gives what a snapshot lists of it. */
function publish(fileName, signed, signers) {
    const metadata = new models.Metadata(signed);
    for (const signer of signers)
        metadata.sign((data) => new models.Signature({
            keyID: signer.keyID,
            sig: signer.sign(data).toString('hex'),
        }));
    const bytes = JSON.stringify(metadata.toJSON(), null, 2);
    write(`metadata/${fileName}`, bytes);
    return new models.MetaFile({ version: signed.version, length: Buffer.byteLength(bytes), hashes: { sha256: sha256(bytes) } });
}

function target(name, content) {
    const hash = sha256(content);
    const parts = name.split('/');
    write(`targets/${[...parts.slice(0, -1), `${hash}.${parts.at(-1)}`].join('/')}`, content);
    return new models.TargetFile({ path: name, length: Buffer.byteLength(content), hashes: { sha256: hash } });
}

function newRoot(version, keys, threshold) {
    const root = new models.Root({ version, specVersion, expires, consistentSnapshot: true, unrecognizedFields: { 'x-note': 'kept' } });
    for (const [role, signers] of Object.entries(keys)) {
        for (const signer of signers) root.addKey(signer.key, role);
        if (threshold[role]) root.roles[role].threshold = threshold[role];
    }
    return root;
}

const keys = {
    root: [newKey('ed25519'), newKey('p256')],
    timestamp: [newKey('ed25519')],
    snapshot: [newKey('rsa')],
    targets: [newKey('ed25519'), newKey('p256'), newKey('ed25519')],
};
const threshold = { root: 2, targets: 2 };
publish('1.root.json', newRoot(1, keys, threshold), keys.root);
const oldRootKeys = keys.root;
keys.root = [newKey('ed25519'), newKey('ed25519')];
publish('2.root.json', newRoot(2, keys, threshold), [...oldRootKeys, ...keys.root]);
fs.copyFileSync(path.join(folder, 'metadata/1.root.json'), path.join(folder, 'root.json'));

const team = newKey('ed25519');
// The classes of delegations are not exported; their JSON is read.
const targets = models.Targets.fromJSON({
    _type: 'targets', version: 1, spec_version: specVersion, expires, targets: {},
    delegations: {
        keys: { [team.keyID]: team.key.toJSON() },
        roles: [{ name: 'team one', keyids: [team.keyID], threshold: 1, terminating: false, paths: ['apps/*'] }],
    },
});
targets.addTarget(target('v1', 'by tufjs\n'));
const teamTargets = new models.Targets({ version: 1, specVersion, expires });
teamTargets.addTarget(target('apps/ü', 'delegated\n'));

const meta = {
    'targets.json': publish('1.targets.json', targets, keys.targets.slice(0, 2)),
    'team one.json': publish('1.team%20one.json', teamTargets, [team]),
};
const snapshotMeta = publish('1.snapshot.json', new models.Snapshot({ version: 1, specVersion, expires, meta }), keys.snapshot);
publish('timestamp.json', new models.Timestamp({ version: 1, specVersion, expires, snapshotMeta }), keys.timestamp);
