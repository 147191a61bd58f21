import { copyFileSync } from 'node:fs';
import { MongoBinary } from 'mongodb-memory-server';

/** Called by scripts/setup: node --import tsx download-mongod.ts <folder for the archive> <path of the binary> */
const [downloadDir = '', target = ''] = process.argv.slice(2);
copyFileSync(await MongoBinary.getPath({ downloadDir, checkMD5: true }), target);
