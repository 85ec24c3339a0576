"""What people see: Streamlit pages and Plotly figures, and nothing that computes.

Every page asks one question of `twin` or `process_models` and draws the answer.
"""
