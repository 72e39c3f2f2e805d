// Buttons that copy a text. Without script they stay hidden, and the text is selected whole by a click on it.
(() => {
  const status = document.getElementById('copied');
  for (const button of document.querySelectorAll('[data-hv-copy]')) {
    const text = document.getElementById(button.dataset.hvCopy);
    if (!text || !navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(text.textContent);
        if (status) status.textContent = button.dataset.hvCopied + ' ' + text.textContent;
      } catch {
        getSelection().selectAllChildren(text);
      }
    });
  }
})();
