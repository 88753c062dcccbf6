/* Works out the sum of components/proof.html in a worker, and says how it goes. A form sent too early waits for it. */

const MOST_SECONDS = 90;
const box = document.querySelector("[data-proof]");
const form = box.closest("form");
const answer = box.querySelector("[name=proof]");
const status = box.querySelector("[role=status]");
const tell = (word) => { status.textContent = box.dataset[word]; };
let state = "working";
let early = null; // the event of a form sent too early

function finish(word) {
  state = word;
  tell(word);
  if (early) form.requestSubmit(early.submitter);
}

function encode(solution) {
  // Everything in it is ASCII: hexadecimal digits, numbers, the name of an algorithm.
  return btoa(JSON.stringify({ challenge, solution }));
}

form.addEventListener("submit", (event) => {
  if (state !== "working") return;
  event.preventDefault();
  early = event;
  tell("sending");
});

const challenge = JSON.parse(box.dataset.proof);
tell("working");
if (window.isSecureContext) {
  const worker = new Worker(box.dataset.worker);
  worker.onerror = () => finish("failed");
  worker.onmessage = ({ data }) => {
    if (data?.derivedKey) answer.value = encode(data);
    finish(data?.derivedKey ? "ready" : "failed");
  };
  worker.postMessage({
    type: "work", challenge, counterMode: "uint32", counterStart: 0, counterStep: 1, timeout: MOST_SECONDS * 1000,
  });
} else {
  finish("failed"); // browsers keep their cryptography for https
}
