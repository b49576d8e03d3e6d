// Reads a TUF 1.0 repository with tuf-js: refreshes, then downloads each named target.
// usage: node read.cjs WORK_FOLDER BASE_URL [TARGET...]   WORK_FOLDER/metadata/root.json is the anchor
'use strict';
const fs = require('fs');
const path = require('path');
const { Updater } = require('tuf-js');

async function main([folder, url, ...targets]) {
    const targetDir = path.join(folder, 'targets');
    fs.mkdirSync(targetDir, { recursive: true });
    const updater = new Updater({
        metadataDir: path.join(folder, 'metadata'),
        metadataBaseUrl: `${url}/metadata`,
        targetDir,
        targetBaseUrl: `${url}/targets`,
        config: { fetchRetry: 0 },
    });
    await updater.refresh();
    for (const name of targets) {
        const info = await updater.getTargetInfo(name);
        if (!info) throw new Error(`no target ${name}`);
        const file = path.join(targetDir, encodeURIComponent(name));
        await updater.downloadTarget(info, file);
        process.stdout.write(`${name} ${fs.readFileSync(file, 'utf8')}`);
    }
}

main(process.argv.slice(2)).catch((error) => {
    console.error(`${error.name}: ${error.message}`);
    process.exit(1);
});
