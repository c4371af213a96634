// MicroPython's WebAssembly port, in one of two parts.
//   node wasm_board.mjs micropython.mjs REPOSITORY play
//     a request a line on standard input, an answer a line on standard output
//   node wasm_board.mjs micropython.mjs REPOSITORY live PINS OUTPUTS BOOT
//     a board in real time: the serial line is standard input and output, the wires' readings are in the file PINS, and
//     what the outputs do is written to the file OUTPUTS
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import {pathToFileURL} from "node:url";

const [port, repository, part, pins, outputs, boot] = process.argv.slice(2);
const {loadMicroPython} = await import(pathToFileURL(port).href);
const python = await loadMicroPython({heapsize: 512 * 1024, stdout: (text) => process.stderr.write(text + "\n")});

// The firmware's own files, byte for byte, in MicroPython's own file system.
for (const folder of ["firmware_bridge", "firmware_bridge/firmware", "tests", "tests/bridge", "tests/bridge/panel"]) {
  python.FS.mkdir("/" + folder);
}
for (const folder of ["firmware_bridge/firmware", "tests/bridge/panel"]) {
  for (const name of fs.readdirSync(path.join(repository, folder)).filter((name) => name.endsWith(".py"))) {
    python.FS.writeFile(`/${folder}/${name}`, fs.readFileSync(path.join(repository, folder, name)));
  }
}
python.runPython("import sys\nsys.path.insert(0, '/')\nfrom tests.bridge.panel.played_board import Played\nplayed = Played()");
const answer = python.globals.get("played").answer;

if (part === "play") {
  for await (const line of readline.createInterface({input: process.stdin})) {
    process.stdout.write(answer(line) + "\n");
  }
} else {
  const ask = (request) => JSON.parse(answer(JSON.stringify(request)));
  ask({do: "boot", names: ["panic", "fire"], board: 0x2e8a, boot: Number(boot)});
  let heard = "";
  let seen = "";
  process.stdin.on("data", (data) => { heard += data.toString("hex"); });
  process.stdin.on("end", () => process.exit(0));
  setInterval(() => {
    const wires = JSON.parse(fs.readFileSync(pins, "utf8"));
    const done = ask({do: "step", now_ms: Math.floor(performance.now()), ...wires, data: heard});
    heard = "";
    if (done.out) process.stdout.write(Buffer.from(done.out, "hex"));
    const levels = JSON.stringify(done.outputs);
    if (levels !== seen) {
      fs.writeFileSync(outputs + ".part", levels);
      fs.renameSync(outputs + ".part", outputs);
      seen = levels;
    }
  }, 5);
}
